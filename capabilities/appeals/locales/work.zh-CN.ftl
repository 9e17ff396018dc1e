# 办理：时钟、协同、工作台。

## 办理过程
step-reminded = 临期提醒
step-reminded-stage = 即将到期：{ $stage }
step-transferred = 转办
step-extended = 同意延期
step-extended-paused = 同意暂停计时
step-resumed = 恢复计时
step-resumed-paused = 恢复计时
step-until = 答复时限改到 { $until }
step-merged = 并入另一件，一并办理
step-split = 拆出，单独办理
step-other = 编号 { $number }
pause-awaiting_reporter = 等反映人补充材料
pause-court_or_review = 正在诉讼、仲裁或者复议
pause-expert_report = 等检测或者鉴定结果
pause-weather = 天气原因不能施工

## 拒绝
appeal-merged = 这件已经并入另一件，请到那一件里办理；要单独办理，请先拆单。
appeal-not-merged = 这件没有并入别的事项。
appeal-merge-itself = 不能并入它自己。
appeal-transfer-spent = 不能再转办（最多 { $cap } 次；最终裁定以后不能转办）。
appeal-transfer-down = 部门的事不能转给街道或者社区。可以请他们协办，或者退回派单人员。
appeal-merge-lead = 那一件不能作主件：它要还在办理、没有并入别的事项；这一件也不能已经带着别的件。
appeal-transfer-same = 它现在就在这个单位。
appeal-extension-spent = 本轮延期和暂停已经用完（最多 { $cap } 次）。
appeal-extension-late = 答复时限已过，不能再申请延期或者暂停。请尽快答复。
appeal-extension-long = 时间太长或者没有写：最多 { $longest }。
appeal-pause-unnamed = 办理规则里没有这个暂停事由。
appeal-paused = 现在正在暂停计时，请先恢复。
appeal-not-paused = 现在没有暂停计时。
calendar-year-missing = 工作日历里没有 { $year } 年，算不出这个时限。请系统管理员在“规则与目录 › 办理规则”里补上这一年的放假和调休安排，再颁布一版。

## 协同事项的拒绝
task-not-found = 没有这个协同事项，或者与您的单位无关。
task-not-allowed = 现行办理规则没有开放这一项。
task-wrong-state = 这个协同事项现在是“{ $state ->
    [open] 待办
    [reported] 已回复
    [rated] 已打分
    [approved] 已同意
    [refused] 不同意
    [lifted] 已解除
    [cancelled] 已取消
    [excluded] 已剔除
   *[other] 其他
}”，不能这样做。
task-case-over = 这件事现在的状态不能发起这一项。
task-not-itself = 不能请本单位自己协办或者报到，请选别的单位。
task-already-open = 同样的事项已经发起，还没有结束。
task-not-street = 只有街道、社区可以吹哨。
task-no-reviewer = 办理规则没有写由哪个单位复核评价，请系统管理员补上。
task-changed-meanwhile = 您打开页面以后，这个协同事项有了变化，请看一下再办。
error-person = 请选一位工作人员。
error-score = 请打 1 到 5 分。
error-exclusion = 请选剔除原因。
error-invited = 请至少选一个参加会商的单位。
error-days = 请写天数，用数字。

## 协同
work-beside = 协同与记录
work-merged-into = 这件已并入，一并办理、一并答复：
work-merged-here = 并在这里一并办理的，共 { $count } 件
work-asked = 已记下，相关单位会看到。
work-task-done = 已记下。
work-noted = 已记下，只有办理的单位看得到。
work-draft-kept = 草稿已存，办理这件事的同事也能接着写。
work-draft-keep = 存草稿
work-texts = 标准答复，可以照着写
work-tab-mine = 我的
work-tab-supervised = 督办
work-tab-whistle = 吹哨
work-tab-asked = 待协同
work-pick-one = 选中：{ $title }
work-several = 批量办理结果
work-several-hint = 勾选几件，一起办：
work-several-accept = 签收所选
work-several-take = 所选由我办理
work-several-done = 办好了

task-assist = 协办
task-whistle = 吹哨报到
task-extension = 延期或暂停申请
task-supervision = 督办
task-consultation = 会商
task-senior = 领导包案
task-assignment = 分办
task-call_back = 回访
task-review = 评价申诉
task-state-open = 待办
task-state-reported = 已回复
task-state-rated = 已打分
task-state-approved = 同意
task-state-refused = 不同意
task-state-lifted = 已解除
task-state-cancelled = 已取消
task-state-excluded = 已剔除
task-from-to = { $from } → { $to }
task-comma = 、
task-person = 指定：{ $name }
task-invited = 参加：{ $organs }
task-terms-time = 申请把答复时限延长 { $period }
task-terms-pause = 申请暂停计时，最多 { $period }：{ $ground }
task-escalated = 没有按时回复，已升级 { $count } 次
task-scored = 得分 { $score } 分（满分 5 分）
task-in-time = 按时
task-late = 超时
task-reply = 回复：
task-words = 说明
task-words-optional = 选填
task-score = 打分
task-senior-who = 由哪位负责人包案
task-act-reported = 回复
task-act-reported-whistle = 报到
task-act-reported-consultation = 写会商纪要
task-act-reported-senior = 指定负责人
task-act-rated = 给部门打分
task-act-approved = 同意
task-act-approved-extension = 同意，改时限
task-act-approved-review = 支持申诉，不计入考核
task-act-refused = 不同意
task-act-lifted = 解除督办
task-act-pressed = 不满意，再督办
task-act-cancelled = 取消
task-act-tried = 未接通
task-act-excluded = 剔除

ask-assignment = 分给同事
ask-assignment-hint = 这件事由谁具体办理。改派以后，原来的安排自动取消。
ask-assist = 请别的单位协办
ask-assist-hint = 本单位仍然主办。对方在规定时间内回复，能看到这件事的全部内容。
ask-whistle = 吹哨，请部门报到
ask-whistle-hint = 部门要在规定时间内到场或者回复，双方都计入考核。
ask-consultation = 发起会商
ask-consultation-hint = 请几个单位一起商量，结束后由本单位写纪要。
ask-extension = 申请延期
ask-extension-hint = 写明理由和天数，上一级同意以后才改时限。
ask-pause = 申请暂停计时
ask-pause-hint = 只有办理规则写明的事由可以暂停，上一级同意以后生效。
ask-transfer = 转办
ask-transfer-hint = 交给别的单位办理。时限不变，转办次数有限，理由会留下记录。
ask-supervision = 督办
ask-supervision-hint = 要求承办单位限时回复。逾期没有回复会自动升级。
ask-merge = 并单
ask-merge-hint = 和另一件是同一件事：一并办理，每位反映人都收到答复。
ask-split = 拆单
ask-split-hint = 重新单独办理，原来承诺的时限不变。
ask-review = 评价申诉
ask-review-hint = 认为评价与本单位的工作无关，请第三方复核。
ask-resume = 恢复计时
ask-resume-hint = 事由已经消除，时限从现在接着算。
ask-organ = 哪个单位
ask-person = 哪位同事
ask-ground = 暂停事由
ask-days = 多少天
ask-number = 主件的编号

note-write = 写内部备注
note-call = 记一次通话
note-call-how = 接通了吗
note-call-yes = 接通了
note-call-no = 没有接通
note-text = 内容
note-hint = 只有办理这件事的单位看得到，不会公开，反映人也看不到。
note-keep = 记下
note-all = 备注和通话
note-by = { $organ } { $name }
note-call-reached = { $organ } { $name } 与反映人通话
note-call-missed = { $organ } { $name } 打过电话，没有接通

calls-title = 回访名单
calls-lead = 已经答复、还没有评价的事项，最早答复的在前。打通了就记下反映人的评价；打不通记一次；不该计入考核的，写明原因剔除。
calls-none = 现在没有要回访的
calls-none-hint = 有了新的答复，会出现在这里。
calls-answered = 答复于
calls-tried = 已打 { $count } 次没接通
calls-write = 打通了，记评价
calls-missed = 没打通
calls-exclude = 不计入考核
calls-why = 原因
calls-kept = 已记下。
