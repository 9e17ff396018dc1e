# 诉求 / Appeals: what people read on the pages of this capability.

## 词 / Words

appeals-nav-home = 首页
appeals-nav-report = 说一件事
appeals-nav-list = 大家的事
appeals-nav-track = 查进度
appeals-nav-work = 工作台

kind-inquiry = 咨询
kind-help = 求助
kind-complaint = 投诉
kind-report = 举报
kind-suggestion = 建议
kind-inquiry-hint = 想问清楚一件事
kind-help-hint = 东西坏了、缺了，或者需要帮忙
kind-complaint-hint = 有人没做好，或者没有做
kind-report-hint = 有人违法违规；您的身份会受到保护
kind-suggestion-hint = 想让这里变得更好

channel-web = 网页
channel-mini_program = 小程序
channel-phone = 电话
channel-walk_in = 窗口
channel-grid = 网格员
channel-email = 邮件
channel-open311 = Open311
channel-api = 数据接口
channel-import = 历史数据

urgency-danger = 危险
urgency-utility = 水电气热
urgency-ordinary = 一般
urgency-complex = 疑难

visibility-public = 公开
visibility-reporter_anonymous = 公开，隐去具体地址
visibility-confidential = 不公开
visibility-public-hint = 大家能看到您写的话和具体地址，看不到您是谁
visibility-reporter_anonymous-hint = 大家能看到您写的话，地址只显示到社区；写的话里请不要提门牌号
visibility-confidential-hint = 只有您、热线中心和承办单位能看到；承办单位不知道是谁反映的

state-submitted = 等待派单
state-dispatched = 等待签收
state-returned = 正在重新派单
state-accepted = 正在办理
state-contacted = 正在办理
state-answered = 已答复
state-appraised = 已评价
state-closed = 已办结
state-withdrawn = 已撤回

state-submitted-say = 已经收到，正在确定由谁来办
state-dispatched-say = 已派给{ $organ }，等待签收
state-returned-say = { $organ }认为不属于自己的职责，正在重新确定由谁来办
state-accepted-say = { $organ }已经签收，正在办理
state-contacted-say = { $organ }已经联系过反映人，正在办理
state-answered-say = { $organ }已经答复，等反映人评价
state-appraised-say = 反映人已经评价，还可以要求重办
state-closed-say = 这件事已经办结
state-withdrawn-say = 反映人撤回了这件事
state-closed-appraised-say = 反映人评价后办结
state-closed-lapsed-say = 答复后到期没有评价，已自动办结
state-closed-at_source-say = 已在原来的系统里办结
state-organ-unknown = 承办单位

phase-open = 办理中
phase-answered = 已答复
phase-closed = 已办结

stage-dispatch = 派单
stage-accept = 签收
stage-contact = 联系
stage-answer = 答复

way-phone = 打电话
way-visit = 当面
way-message = 发消息

satisfied-5 = 很满意
satisfied-4 = 满意
satisfied-3 = 一般
satisfied-2 = 不满意
satisfied-1 = 很不满意

appeals-no-category = 未归类
appeals-untitled = 未写标题
appeals-city-wide = 全市

clock-left = 还有 { $span }
clock-over = 已超 { $span }
clock-kept = 按时
clock-missed = 超时 { $span }
clock-took = 用时 { $span }
clock-paused = 不再计时

## 首页 / Home

home-hero-title = 有事说一声
home-hero-lead = 路灯不亮、噪声扰民、办事不顺，写下来，就有人办，每一步都看得见。
home-text-label = 发生了什么？
home-text-placeholder = 比如：文昌路 12 号门口的路灯三天没亮了，晚上老人走路看不清。
home-go = 说一件事
home-hint = 不用注册。匿名也可以。全程大约三分钟。
home-emergency = 有生命危险或正在发生的案件，请立即拨打 110、119、120。
home-figures-title = 今天，这座城市
home-figures-received = 今天收到
home-figures-answered = 今天答复
home-figures-open = 正在办理
home-figures-typical = 通常多久答复
home-figures-typical-base = 近 30 天答复的 { $n } 件里，一半不超过这个时间
home-figures-typical-none = 近 30 天还没有答复
home-figures-live = 实时更新
home-figures-unit = 件
home-recent-title = 刚刚有了答复
home-recent-more = 看更多答复
home-recent-none = 还没有答复过的事。第一件也许就是您的。
home-kept-title = 承诺与兑现
home-kept-lead = 每件事都有答复期限，从派单那一刻算起，转来转去也不会重新计时。
home-kept-share = { $share }%
home-kept-base = 近 30 天答复 { $all } 件，其中 { $kept } 件在承诺的期限内
home-kept-none = 近 30 天还没有到期的承诺。
home-kept-late-link = 看超期的事

# 考核指标与剔除
exclusion-too-early = 答复之后才能申请剔除。
exclusion-already = 这件事已经申请过剔除。
exclusion-not-waiting = 这件事没有等待审核的剔除申请。
exclusion-own = 剔除由另一位同事审核，不能审核自己的申请。

# 看板、承诺兑现
appeals-nav-watch = 看板
watch-title = 看板
watch-of = { $scope }，{ $month }
watch-month = { $year } 年 { $month }
month-1 = 1 月
month-2 = 2 月
month-3 = 3 月
month-4 = 4 月
month-5 = 5 月
month-6 = 6 月
month-7 = 7 月
month-8 = 8 月
month-9 = 9 月
month-10 = 10 月
month-11 = 11 月
month-12 = 12 月
watch-colon = ：
watch-sentence = { $month }受理 { $received } 件{ $change }，其中 { $answered } 件已经答复。
watch-as-many = ，与上月持平
watch-more = ，比上月多 { $share }%
watch-fewer = ，比上月少 { $share }%
watch-table-of = { $title }：表格
watch-so-far = （到今天为止）
exclusion-no-such-case = 没有这个编号的诉求。
watch-scope = 看哪里
watch-scope-areas = 区和街道
watch-scope-organs = 单位
watch-go = 查看
watch-earlier = 上一个月
watch-later = 下一个月
watch-figures = 七项指标
watch-rulebook = 权重按第 { $version } 版办理规则计算。
watch-report = 月报
watch-report-of = 月报：{ $of }
watch-report-made = 生成于 { $at }。数字随后续答复和回访还会变化。
watch-report-print = 用浏览器的打印功能可以打印或存成 PDF。
watch-screen = 大屏
watch-xlsx = 导出 Excel
watch-csv = 导出 CSV
watch-exclusions = 剔除审核
watch-unchanged = 与上月相同
watch-change = 比上月 { $by } 个百分点
watch-no-change = 上月没有可比的数
watch-points = { $by }
watch-no-base = —
watch-no-base-long = 还没有可以计算的诉求
watch-rate-of = { $rate }（{ $kept } / { $all }）
watch-left-out-none = 没有诉求被剔除。
watch-left-out = 回访后剔除 { $all } 件：不合理诉求 { $unreasonable } 件，超出职责 { $scope } 件，无法联系 { $unreachable } 件。
watch-nothing = 这个月还没有诉求。
watch-trend = 近十二个月
watch-trend-sentence = 受理最多的是{ $month }，共 { $received } 件。
watch-categories = 都是些什么事
watch-category-risen = { $category }比上月多 { $share }%：从 { $before } 件到 { $now } 件。
watch-category-most = 最多的是{ $category }，{ $now } 件。
watch-times = 多久得到答复
watch-times-sentence = { $all } 件已答复的诉求中，一半在{ $time }得到答复。
watch-times-none = 这个月的诉求还没有答复。
watch-within-hours = { $n } 小时内
watch-within-days = { $n } 天内
watch-longer = 更久
watch-organs = 各单位
watch-streets = 各街道
watch-streets-sentence = { $street }最多，{ $received } 件。
watch-no-street = 没有写明街道
watch-league-sentence = 全市解决率 { $city }。{ $above } 个单位明显高于全市，{ $below } 个明显低于全市；其余的差别可能只是偶然。
watch-league-none = 这个月还没有回访。
watch-above = 高于全市
watch-below = 低于全市
watch-similar = 与全市相近
watch-col-month = 月份
watch-col-received = 受理
watch-col-before = 上月
watch-col-category = 类别
watch-col-time = 时间
watch-col-answered = 答复
watch-col-share = 占比
watch-col-so-far = 累计
watch-col-name = 单位
watch-col-street = 街道
watch-col-likely = 可能的范围
watch-col-against = 与全市相比
watch-col-change = 比上月（百分点）
watch-col-figure = 指标
watch-col-numerator = 分子
watch-col-denominator = 分母
watch-col-rate = 比率
watch-as-table = 看表格
indicator-response = 响应率
indicator-solution = 解决率
indicator-satisfaction = 满意率
indicator-acceptance = 及时接收率
indicator-on_time = 按时办结率
indicator-return = 回退率
indicator-repeat = 重办率
indicator-response-base = 回访 { $all } 件，{ $kept } 件按时联系
indicator-solution-base = 回访 { $all } 件，{ $kept } 件已解决
indicator-satisfaction-base = { $all } 份评价，加权后 { $kept } 份满意
indicator-acceptance-base = 应签收 { $all } 件，{ $kept } 件按时
indicator-on_time-base = 应答复 { $all } 件，{ $kept } 件按时
indicator-return-base = 派单 { $all } 次，退回 { $kept } 次
indicator-repeat-base = 答复 { $all } 件，重办 { $kept } 件
indicator-response-meaning = 回访时问到：单位有没有在承诺时间内联系反映人。反映人没有说的，看办理单位的联系记录。
indicator-solution-meaning = 回访时问到：事情解决了没有。有两次评价的，看后一次。
indicator-satisfaction-meaning = 回访时五级评价，每一级按办理规则里的权重计算。
indicator-acceptance-meaning = 单位有没有在时限内签收。时限过了再签收不算按时；重办的一轮也要按时。
indicator-on_time-meaning = 有没有在时限内答复。时限已过还没有答复的也算在内；退单不会让时限重新计算。
indicator-return-meaning = 派出去的单有多少被退回。一件诉求可能派单几次。
indicator-repeat-meaning = 答复过的诉求里，有多少因为不满意又重办。
watch-cases = 数字背后的诉求
watch-which = 看哪些诉求
watch-which-counted = 计入的
watch-which-missed = 没有做到的
watch-which-clear = 没有发生的
watch-which-excluded = 剔除的
watch-cases-none = 没有这样的诉求
watch-cases-none-hint = 换一个月份或范围看看。
watch-cases-cut = 看过的这些里没有，往前还有。
watch-cases-more = 看更早的
watch-case-hidden = 内容不对您公开
watch-weights = 权重（第 { $version } 版办理规则）：很不满意 { $one }%，不满意 { $two }%，一般 { $three }%，满意 { $four }%，很满意 { $five }%。
watch-adds-not-yet = 还没有到这一步
watch-adds-unknown = 来源没有说明
watch-adds-weight = 计 { $percent }%
watch-adds-returns = 派单 { $all } 次，退回 { $n } 次
watch-adds-response-yes = 按时联系
watch-adds-response-no = 没有按时联系
watch-adds-solution-yes = 已解决
watch-adds-solution-no = 未解决
watch-adds-acceptance-yes = 按时签收
watch-adds-acceptance-no = 没有按时签收
watch-adds-on_time-yes = 按时答复
watch-adds-on_time-no = 没有按时答复
watch-adds-repeat-yes = 重办过
watch-adds-repeat-no = 没有重办
watch-exclusions-lead = 有的诉求不该算进回访的三项指标。一位话务员提出，另一位审核；两步都留有记录，理由的种类会公开。
watch-exclusions-waiting = 等待审核
watch-exclusions-none = 没有等待审核的申请。
exclusion-unreasonable = 不合理诉求
exclusion-out_of_scope = 超出职责
exclusion-unreachable = 无法联系
exclusion-ask = 申请剔除
exclusion-reason = 原因
exclusion-why = 说明
exclusion-send = 提交申请
exclusion-grant = 同意剔除
exclusion-refuse = 不同意
exclusion-number = 请填写十六位编号。
exclusion-asked = 已提交，等另一位同事审核。
exclusion-reviewed = 已记录审核结果。
promises-title = 承诺兑现
promises-lead = 这座城市答应过什么，做到了多少。这里没有任何个人信息。
promises-fair = 怎么看这些数
promises-fair-text = 各单位办的事难易不同，件数也不同，所以这里不排名次。件数少的单位，比率起伏大，「可能的范围」就宽；只有整个范围都在全市之上或之下，才说高于或低于全市。
promises-counted = 每件诉求只算一次，算在受理的那个月。某个月的数在全部答复和回访之前还会变化。

# 开放数据
open-data-title = 开放数据
open-data-lead = 全部公开诉求，可以下载、统计、画图。没有文字、住址和任何个人信息。
open-data-feed = 订阅（Atom）
open-data-from = 从
open-data-to = 到
open-data-get = 下载 CSV
open-data-span = 一次最多 366 天；不填日期是最近 31 天。JSON 和 GeoJSON 用同样的 from 和 to。
open-data-kept = 没有公开什么
open-data-kept-text = 保密的诉求不在里面。地点只到街道；只有反映人同意全部公开的，才有坐标，并且只是约一公里方格的中心。标题、正文和答复可能提到人，所以也不在里面。
open-data-feeds = 订阅
open-data-feeds-text = 用阅读器订阅全市、一个街道、一个类别或一件诉求的动态。公开列表上的筛选条件都可以接在地址后面。
open-data-fields = 字段
open-data-field = 字段
open-data-meaning = 含义
open-data-number = 十六位编号
open-data-kind = 诉求类型：inquiry 咨询、help 求助、complaint 投诉、suggestion 建议
open-data-channel = 来源渠道
open-data-urgency = 紧急程度
open-data-state = 现在的状态
open-data-category-code = 类别代码
open-data-category = 类别
open-data-category-en = 类别（英文）
open-data-district = 区
open-data-street = 街道
open-data-organ-code = 单位代码
open-data-organ = 现在或最后办理的单位
open-data-organ-en = 单位（英文）
open-data-lat = 方格中心的纬度（WGS 84）
open-data-lon = 方格中心的经度（WGS 84）
open-data-submitted-at = 受理时间（UTC，下同）
open-data-dispatched-at = 首次派单时间
open-data-accepted-at = 签收时间
open-data-contacted-at = 首次联系时间
open-data-answered-at = 最后一次答复时间
open-data-reopened-at = 重办时间
open-data-closed-at = 办结时间
open-data-accept-due = 签收时限
open-data-contact-due = 联系时限
open-data-answer-due = 答复时限
open-data-returns = 退单次数
open-data-solved = 反映人说是否已解决
open-data-satisfied = 满意度，1 到 5

door-report = 说一件事
door-report-hint = 有困难、有意见，写下来就有人办
door-track = 查进度
door-track-hint = 用编号和查询码，看办到哪一步
door-ask = 问一问
door-ask-hint = 看看别人问过的事是怎么答复的

## 列表 / The public list

list-title = 大家的事
list-lead = 公开的诉求和答复。反映人是谁，从不公开。
list-ask-title = 问一问
list-ask-lead = 别人问过的事，也许正是您想知道的。
list-search-label = 搜索
list-search-placeholder = 比如：路灯、物业费、居住证
list-search-go = 搜索
list-filters = 筛选
list-filter-state = 进展
list-filter-kind = 类型
list-filter-category = 分类
list-filter-area = 地区
list-filter-all = 全部
list-filter-all-area = 全市
list-filter-apply = 应用
list-filter-clear = 清除条件
list-filter-late = 只看超期的
list-results = 诉求
list-results-for = 「{ $q }」的结果
list-empty-title = 没有找到
list-empty = 换个词试试，或者放宽条件。也可以直接说出您的事。
list-empty-first = 这里还没有公开的诉求。
list-empty-action = 说一件事
list-answer-of = { $organ }答复

## 说一件事 / Report

report-title = 说一件事
report-title-phone = 登记来电
report-lead = 五步，大约三分钟。写下的内容只在提交之后才会保存。
report-lead-phone = 边听边记。您是登记人，来电或到场的人是反映人。
report-steps = 步骤
report-step-what = 什么事
report-step-where = 在哪里
report-step-about = 归到哪类
report-step-you = 怎么联系您
report-step-check = 核对
report-next = 下一步
report-back = 上一步
report-to-check = 核对一下
report-text = 发生了什么？
report-text-hint = 什么时候、什么事、希望怎么解决。请不要写别人的电话、身份证号。
report-title-field = 一句话标题
report-title-hint = 可以不填，我们会用第一句话
report-kind = 这是哪一种？
report-area = 在哪个地区？
report-area-hint = 选到社区最好；不清楚就选到街道，或者不选。
report-district = 区、街道
report-community = 社区
report-area-none = 不清楚或全市范围
report-area-show = 列出社区
report-community-any = 整个街道，或不清楚
report-community-first = 先选街道，再列出社区
report-address = 具体地点
report-address-hint = 路名和门牌、小区和楼号、路口都可以
report-position = 使用我的位置
report-position-kept = 已带上您所在的位置（只交给承办单位）
report-position-drop = 去掉位置
report-category = 归到哪一类？
report-category-hint = 选错了也没关系，工作人员会改。
report-category-unsure = 不确定，请工作人员帮我归类
report-category-search = 找一找分类
report-similar = 可能已经有人说过
report-similar-lead = 如果下面的答复有用，或者就是同一件事，就不用再说一遍了。
report-contact-hint = 都可以不填。填了手机号，承办单位才能打电话问清楚、告诉您结果。
report-contact-who = 只有承办这件事的工作人员能看到，每次查看都会留下记录；永远不会公开。
report-contact-who-report = 举报人信息只有热线中心专岗能看到，承办单位也看不到；每次查看都会留下记录。
report-name = 怎么称呼您
report-phone = 手机或座机
report-email = 电子邮箱
report-visibility = 这件事公开吗？
report-visibility-report = 举报一律不公开，并保护举报人。
report-channel = 来自
report-urgency = 紧急程度
report-urgency-by-category = 按分类自动判断
report-check-title = 核对一下
report-check-lead = 提交后不能修改，可以撤回。
report-check-what = 什么事
report-check-where = 在哪里
report-check-about = 分类
report-check-you = 联系方式
report-check-visibility = 是否公开
report-check-anonymous = 不留联系方式。请记好编号和查询码，用它们查进度。
report-check-point = 附带了位置
report-change = 修改
report-change-of = 修改{ $what }
report-send = 提交
report-error-kind = 请选一下您想要的是哪一种
report-error-area = 没有这个地区，请重新选择
report-error-category = 没有这个分类，请重新选择
report-error-visibility = 请选一种公开方式
report-error-point = 位置不对，请重新获取或去掉位置
report-error-key = 页面放得太久了，请从头再提交一次；您写的内容还在
report-error-channel = 没有这个来源，请重新选择
report-error-urgency = 没有这个紧急程度，请重新选择

## 这也是我的事 / Follow

follow-title = 这也是我的事
follow-lead = 如果是同一件事，不用再说一遍。跟进后您会有自己的查询码，随时看到进展。
follow-count = { $n } 人也在跟进
follow-begin = 这也是我的事
follow-begin-hint = 不用登录，不用再填一遍。
follow-go = 跟进这件事
follow-back = 不是同一件事
follow-different = 地点或情况不一样？
follow-report = 另外说一件
follow-following = 您在跟进
follow-end = 不再跟进
follow-ended = 已经不再跟进。
follow-closed = 这件事已经结束。如果问题还在，请另外说一件。
follow-own = 这件事就是您反映的，不用再跟进。
follow-not-found = 您没有在跟进这件事。
followed-title = 已跟进
followed-lead = 请留好编号和查询码，凭它们在“查进度”里看这件事的进展。查询码只显示这一次。

## 附件 / Files

report-files = 照片或文件
files-title = 照片和文件
files-hint = 照片（JPEG、PNG、WebP）、PDF 或 Office 文件，一次最多 { $count } 个，每个不超过 { $most } MB。照片里的位置等信息会自动去掉。
files-note-reporter = 只有您和办理人员能看到；照片经工作人员确认不含人脸、车牌等信息后才会公开。文件请自行去掉个人信息。
files-note-staff = 公开前请确认画面里没有人脸、车牌、门牌等个人信息。
files-note-confidential = 这件事不公开，照片和文件只有办理人员和反映人能看到。
files-add = 补充照片或文件
files-add-go = 上传
files-added = 已上传。
report-file-drop = 不要这个
file-photo = 照片
file-photo-of = { $by }于{ $time }上传的照片
file-by-reporter = 反映人
file-shown = 已公开
file-not-shown = 未公开
file-show = 设为公开
file-hide = 撤下
file-now-shown = 现在大家都能看到它了。
file-now-hidden = 已撤下，大家不再看得到。
file-case-closed = 这件事已经结束，不能再添加照片或文件。
file-confidential = 这件事不公开，照片和文件也不能公开。
file-not-found = 没有这个文件，或者您看不到它。
files-busy = 现在上传的人太多，请过几分钟再试，或先不带照片提交，之后再补充。
error-files-count = 一件事最多 { $most } 个照片和文件，已有 { $there } 个
error-files-at-once = 一次最多 { $most } 个，其余的可以之后再补充
error-files-none = 请先选择照片或文件
error-file-gone = 之前选的文件已经过期，请重新选择
error-file-empty = “{ $name }”是空的，请重新选择
error-file-unknown = “{ $name }”不是能识别的照片或文件，请用 JPEG、PNG、WebP、PDF 或 Office 文件
error-file-kind = 这里不收“{ $name }”这类文件，请换成照片或 PDF
error-file-large = “{ $name }”太大，请控制在 { $most } MB 以内
error-file-pixels = “{ $name }”的画面太大，请控制在 { $most } 百万像素以内
error-file-broken = “{ $name }”已损坏或不完整，请重新选择
error-file-macros = “{ $name }”含有宏，请去掉宏或另存为 PDF
error-file-bomb = “{ $name }”展开后过大，请换一个文件

## 回执 / Receipt

receipt-title = 已经收到
receipt-lead = 请记下编号和查询码。查询码只在这里显示这一次，我们也无法找回。
receipt-number = 编号
receipt-code = 查询码
receipt-copy-both = 复制编号和查询码
receipt-copied = 已复制
receipt-copy-text = 编号 { $number }，查询码 { $code }，{ $address }
receipt-qr = 扫码打开查进度的页面
receipt-next = 接下来
receipt-next-dispatched = 已派给{ $organ }
receipt-next-waiting = 热线中心会确定由谁来办
receipt-next-accept = { $organ }签收
receipt-next-contact = 联系您
receipt-next-answer = 给您答复
receipt-next-appraise = 您来评价：解决了吗？满意吗？不满意可以要求重办一次
receipt-print = 打印回执
receipt-track = 查看进度
receipt-another = 再说一件
receipt-leave = 这是公用电脑？看完请点「离开」
receipt-gone = 回执已经收起。请用编号和查询码查进度。

## 一件事 / Case

case-what = 反映的内容
case-answer-of = { $organ }的答复
case-answer-round = 第二次答复
case-timeline = 办理过程
case-facts = 基本情况
case-number = 编号
case-kind = 类型
case-area = 地区
case-address = 地点
case-channel = 来源
case-urgency = 紧急程度
case-visibility = 公开范围
case-organ = 承办单位
case-submitted = 反映时间
case-promise = 下一个承诺
case-promise-late = 已经超过承诺的时间
case-promise-done = 承诺已兑现
case-promise-allowed = 承诺的期限是 { $promise }
case-promise-base = 从派单开始计时，退单、转派都不会停。
case-appraisal = 反映人的评价
case-appraisal-solved = 解决了
case-appraisal-unsolved = 没有解决
case-seal-receipt = 下载封存凭证
case-seal-qr = 二维码：打开这件诉求的封存记录
case-print = 打印
case-back = 返回列表
case-yours = 这是您反映的事？
case-yours-track = 用查询码查进度、作评价
case-coordinates = 北纬 { $lat }，东经 { $lon }
case-source = 来自 { $name }，原编号 { $key }
case-second-round = 第二次办理

step-submitted = 提交
step-dispatched = 派单
step-accepted = 签收受理
step-contacted = 联系反映人
step-returned = 退回重派
step-answered = 答复
step-appraised = 评价
step-reopened = 要求重办
step-withdrawn = 撤回
step-closed = 办结
step-overdue = 超期
step-by-reporter = 反映人
step-to = 派给{ $organ }
step-to-final = 最终裁定，由{ $organ }办理
step-overdue-stage = 没有在承诺时间内{ $stage }
step-in-time = 按时
step-late = 超时
step-took = 用时 { $span }
step-round = 第二次办理从这里开始

## 查进度 / Track

track-title = 查进度
track-lead = 填回执上的编号和查询码。
track-number = 编号
track-number-hint = 16 位数字，有空格也没关系
track-code = 查询码
track-code-hint = 10 位字母和数字，大小写都可以
track-go = 查询
track-none = 编号或查询码不对。请对照回执再看一遍；零和字母 O、一和字母 I 不用区分。
track-lost = 查询码丢了？
track-lost-hint = 公开的事可以直接按编号查看。不公开的事，请带身份证件到热线中心窗口，或拨打 12345。
track-signed-in = 您反映过的事
track-mine-none = 登录后反映的事会列在这里。
track-case-title = 您反映的事
track-leave = 离开
track-leave-hint = 在公用电脑上，看完请点离开
track-left = 已离开。要再看，请重新输入编号和查询码。
track-appraise-title = 答复得怎么样？
track-appraise-lead = { $time }前可以评价，到期自动办结。
track-appraise-solved = 解决了吗？
track-appraise-yes = 解决了
track-appraise-no = 没有解决
track-appraise-satisfied = 满意吗？
track-appraise-comment = 想说的话
track-appraise-comment-hint = 可以不填。没有解决的话，请写下还差什么。
track-appraise-contacted = 承办单位联系过您吗？
track-appraise-contacted-yes = 联系过
track-appraise-contacted-no = 没有
track-appraise-contacted-unsure = 记不清
track-appraise-go = 提交评价
track-appraise-reopen-note = 没有解决或不满意，可以要求重办一次。
track-appraised = 谢谢，您的评价已经记下。
track-reopen-title = 要求重办
track-reopen-lead = { $time }前可以要求{ $organ }再办一次，由新的期限重新计时。
track-reopen-reason = 还差什么？
track-reopen-go = 要求重办
track-reopened = 已要求重办，{ $date }前答复。
track-withdraw-title = 不需要办了？
track-withdraw-lead = 撤回后不能恢复，承办单位不再办理。
track-withdraw-reason = 为什么撤回
track-withdraw-go = 撤回这件事
track-withdrawn = 已撤回。
track-error-solved = 请选一下是否解决
track-error-satisfied = 请选一下满意程度

## 工作台 / Workbench

work-title = 工作台
work-tab-dispatch = 待派单
work-tab-accept = 待签收
work-tab-work = 办理中
work-tab-soon = 快到期
work-tab-late = 已超期
work-tab-returned = 退单
work-tabs = 队列
work-queue = 这一队列的诉求
work-none = 这一队列是空的
work-none-hint = 没有要办的事。换一个队列看看。
work-pick = 从左边选一件
work-pick-hint = 按期限排列，最急的在最上面。
work-more = 后面的
work-case = 诉求
work-people = 人和期限
work-find = 按编号打开
work-find-go = 打开
work-find-wrong = 编号是 16 位数字，请再核对一遍
work-intake = 登记来电
work-actions = 办理
work-accept = 签收
work-accept-hint = 签收后由本单位负责到底。
work-accepted = 已签收。
work-contact = 记录联系
work-contact-way = 怎么联系的
work-contact-note = 谈了什么
work-contact-note-hint = 选填。反映人不会看到。
work-contacted = 已记录联系。
work-answer = 答复
work-answer-text = 给反映人的答复
work-answer-hint = 做了什么、结果如何、还有什么没做到。这段话会公开，请不要写人名和电话。
work-answer-hint-confidential = 做了什么、结果如何。这段话只有反映人能看到。
work-answer-go = 发出答复
work-answered = 答复已发出。
work-return = 退单
work-return-reason = 为什么不属于本单位
work-return-hint = 派单员会看到理由。还可以退 { $left } 次；期限照常计算。
work-return-go = 退回派单员
work-returned = 已退回派单员。
work-dispatch-organ = 派给
work-dispatch-suggested = 派单目录建议：{ $organ }
work-dispatch-suggested-none = 派单目录没有对应的单位，请选择。
work-dispatch-note = 给承办单位的说明
work-dispatch-final-note = 已退 { $count } 次，这次派单是最终裁定，承办单位不能再退。
work-dispatch-go = 派单
work-dispatched = 已派给{ $organ }。
work-appraise = 记录回访
work-appraised = 回访结果已记下。
work-reporter = 反映人
work-reporter-none = 没有留下联系方式
work-reporter-hidden = 联系方式已隐去
work-reporter-protected = 举报人信息受保护，本单位不能查看
work-reporter-purpose = 为了什么查看
work-reporter-purpose-hint = 会和您的姓名、时间一起记录下来，监督人员可以看到。
work-reporter-purpose-contact = 联系反映人，问清情况
work-reporter-go = 记录并查看
work-reporter-shown = 已记录本次查看。离开页面后需要重新填写。
work-reporter-name = 称呼
work-reporter-phone = 电话
work-reporter-email = 邮箱
work-conflict = 有人比您快了一步
work-conflict-lead = 您打开之后，这件事变了。您写的内容还在，请看过变化再决定。
work-keys = 键盘：J 下一件，K 上一件，Enter 打开
work-returns = 已退 { $n } 次
work-clock-all = 全部期限
work-error-organ = 请选择派给哪个单位
work-error-way = 请选择怎么联系的

## 接口 / API

api-bad-cursor = 翻页位置不对，请从第一页重新开始
api-bad-filter = 没有这样的筛选值：{ $value }

## 补充 / More

case-promise-line = { $stage }期限
case-promise-missed = 没有按时
case-position = 位置
step-by-catalogue = 按派单目录自动派单
step-by-dispatcher = 派单员派单
step-by-source = 原系统派单
report-position-failed = 没有取到位置。可以在上面写地址。
report-position-kept-drop = 去掉随附的位置
track-appraise-again = 要求重办一次

## 不能这样办 / Refusals

error-required = 请填写这一项
error-too-short = 太短了，至少写 { $min } 个字（现在 { $length } 个）
error-too-long = 太长了，最多 { $max } 个字（现在 { $length } 个）
error-phone = 这不像电话号码。请只写数字，可以带区号，比如 0572 1234567
error-email = 这不像邮箱地址。应当像 name@example.cn
error-satisfied = 请在五种满意程度里选一种
error-again = 选了解决且满意，就不用再要求重办
error-place = 请写明在哪里，或者选择地区

appeal-not-found = 没有这个编号，或者它不公开。反映人可以用编号和查询码查看。
appeal-already-there = 这个编号已经用过了。
appeal-wrong-state = 现在是「{ $state ->
    [submitted] 等待派单
    [dispatched] 等待签收
    [returned] 正在重新派单
    [accepted] 正在办理
    [contacted] 正在办理
    [answered] 已答复
    [appraised] 已评价
    [closed] 已办结
   *[withdrawn] 已撤回
 }」，不能再{ $command ->
    [dispatch] 派单
    [accept] 签收
    [contact] 记录联系
    [return] 退单
    [answer] 答复
    [appraise] 评价
    [reopen] 要求重办
   *[withdraw] 撤回
 }。请刷新页面看看最新情况。
appeal-return-spent = 已经作出最终裁定，不能再退单（最多 { $cap } 次）。
appeal-return-late = 已经过了可以退单的时间（派单后 { $within }）。
appeal-reopen-spent = 已经重办过了，不能再要求重办（最多 { $times } 次）。
appeal-reopen-late = 已经过了可以要求重办的时间。可以再反映一次，写上原来的编号。
appeal-reopen-unowned = 没有记下是哪个单位答复的，不能重办。请再反映一次，写上原来的编号。

category-unnamed = 分类「{ $code }」要有编码和名称。
category-code-taken = 分类编码「{ $code }」已经用过。
category-parent-unknown = 分类「{ $code }」的上级分类不存在。
category-below-itself = 分类「{ $code }」不能放在自己下面。
category-too-deep = 分类「{ $code }」放得太深，最多三级。
category-not-found = 没有这个分类。
category-moved = 分类不能换上级；需要的话请在新位置另建一个。
rulebook-unusable = 这份规则不能用：{ $what }
catalogue-doubled-line = 派单目录里，分类 { $category }、地区 { $area } 有两行，分不清用哪一行。
catalogue-unknown-category = 派单目录第 { $line } 行的分类不存在。
catalogue-unknown-area = 派单目录第 { $line } 行的地区不存在。
catalogue-unknown-organ = 派单目录第 { $line } 行的单位不存在，或者不能接收诉求。

home-figures-days = { $n } 天
track-none-field = 请对照回执核对
track-expired = 为了安全，查询已经过期。请重新输入编号和查询码，再做一次。
track-readings = 谁看过您的联系方式
track-readings-none = 还没有人看过。
track-readings-purpose = 为了：{ $purpose }
organ-kind-city = 市级
organ-kind-district = 区县
organ-kind-street = 街道、乡镇
organ-kind-community = 社区
organ-kind-grid = 网格
organ-kind-department = 部门
organ-kind-hotline_centre = 热线中心
work-conflict-kept = 您写的内容
error-category = 没有这个分类，请重新选择
error-area = 没有这个地区，请重新选择
error-organ = 没有这个单位，或者它不能接收诉求
appeal-key-used = 同一个防重复标识已经用来提交过另一件事。请换一个标识再提交。
appeal-changed-meanwhile = 您打开之后，这件事变了，现在是「{ $state ->
    [submitted] 等待派单
    [dispatched] 等待签收
    [returned] 正在重新派单
    [accepted] 正在办理
    [contacted] 正在办理
    [answered] 已答复
    [appraised] 已评价
    [closed] 已办结
   *[withdrawn] 已撤回
 }」。请看过变化再决定。
appeal-no-reporter = 反映人没有留下联系方式。
appeal-track-wrong = 编号或查询码不对。请对照回执再看一遍。
list-unknown-category = 没有这个分类，请重新选择。
list-unknown-area = 没有这个地区，请重新选择。
import-says-nothing = 这一行没有内容。
import-without-time = 这一行没有提交时间。
import-times-out-of-order = 这一行的时间前后颠倒。
import-in-the-future = 这一行的时间在将来。
import-too-early = 这一行的时间太早。
import-too-many-at-once = 同一时刻的记录太多。
work-tab-all = 全部
api-bad-limit = 每页 1 到 { $most } 件

## 字段 / Fields, as the summary of errors names them

field-name-text = 发生了什么
field-name-kind = 类型
field-name-title = 标题
field-name-area = 地区
field-name-address = 地点
field-name-category = 分类
field-name-name = 称呼
field-name-phone = 电话
field-name-email = 邮箱
field-name-visibility = 公开范围
field-name-number = 编号
field-name-code = 查询码
field-name-solved = 是否解决
field-name-satisfied = 满意程度
field-name-comment = 想说的话
field-name-reason = 理由
field-name-withdraw_reason = 撤回的理由
field-name-reply = 答复
field-name-note = 说明
field-name-organ = 承办单位
field-name-way = 联系方式
field-name-purpose = 查看的目的
field-name-channel = 来源
field-name-urgency = 紧急程度

## 规则与目录 / The books of the city

appeals-nav-books = 规则与目录
books-title = 规则与目录
books-lead = 大家办事都照它来。每一版都留着，不会被悄悄改掉。
books-rulebook = 办理规则
books-rulebook-line = 各阶段的期限、退单和重办的次数、字数。现行第 { $version } 版
books-rulebook-lead = 期限、次数和限制都写在这里，程序里没有别的规定。新的一版只管它生效以后派出的事。
books-rulebook-body = 规则全文
books-rulebook-body-hint = TOML 文本。期限写成 30m、2h、7d（昼夜连算）或者 4wh、5wd（按工作日历）；写错了会指出在哪里，不会保存。
books-categories = 诉求分类
books-categories-line = 反映时可以选的分类，共 { $count } 个
books-categories-lead = 最多三级。停用的分类不再出现在反映页上，已有的事不受影响。
books-catalogue = 派单目录
books-catalogue-line = 什么分类、什么地区的事，派给谁。现行 { $count } 行
books-catalogue-lead = 一件事先找最细的分类，再找最近的地区；都没有，就找兜底的那一行。
books-catalogue-edit = 编一版新的
books-catalogue-lines = 目录
books-catalogue-lines-hint = 一行一条：分类编码、地区编码、单位编码，中间用逗号隔开。* 表示不限。可以从表格里直接粘贴。
books-catalogue-none-title = 还没有派单目录
books-catalogue-none = 没有目录的时候，每件事都由热线中心来派。
books-line-category = 分类
books-line-area = 地区
books-line-organ = 派给
books-any-category = 不限分类（兜底）
books-to-dispatcher = 由热线中心派
books-try = 先试算
books-trial = 试算结果
books-trial-summary = 用近 { $days } 天的 { $cases } 件事来试：{ $same } 件和现在一样，{ $moved } 件会派到别处。
books-trial-stranded = 有 { $count } 件现在有单位承办，照新目录就没有了。补上这些分类和地区，才能启用。
books-trial-moves = 会派到别处的
books-trial-from = 现在派给
books-trial-to = 改派给
books-trial-cases = 件数
books-trial-example = 最近一件的编号
books-trial-more = 还有 { $count } 种，没有列出。
books-versions = 所有版本
books-version = 第 { $version } 版
books-in-force = 现行
books-to-come = 还没到时间
books-from = 生效时间
books-effective = 什么时候生效
books-effective-hint = 不填就是马上生效。按本市的时间。
books-effective-wrong = 请填日期和时间，例如 2026-12-01 08:00
books-effective-past = 生效时间不能早于现在：已经许下的期限不能倒回去改
books-adopt = 启用这一版
books-adopted = 第 { $n } 版已启用
books-category-code = 编码
books-category-code-hint = 全市唯一，例如 LIGHT-01
books-category-zh = 中文名称
books-category-en = 英文名称
books-category-urgency = 紧急程度
books-category-urgency-hint = 没有人另外指定的时候，按它定期限
books-category-state = 状态
books-category-active = 在用
books-category-retired = 停用
books-category-parent = 放在哪一类下面
books-category-top = 最上面一级
books-category-add = 加一个分类
books-category-added = 「{ $name }」已加上
books-category-change = 改分类
books-category-changed = 「{ $name }」已改好
books-category-offered = 反映时可以选
books-category-offered-hint = 不勾就是停用
books-category-save = 保存
catalogue-line-cells = 第 { $line } 行「{ $what }」要正好三格：分类、地区、单位
catalogue-line-category = 第 { $line } 行的分类编码「{ $what }」不存在
catalogue-line-area = 第 { $line } 行的地区编码「{ $what }」不存在
catalogue-line-organ = 第 { $line } 行的单位编码「{ $what }」不存在，或者不能接收诉求
catalogue-line-doubled = 第 { $line } 行和第 { $first } 行管的是同样的分类和地区，只能留一行
catalogue-no-line = 目录里一行都没有
catalogue-too-many-lines = 目录最多 { $most } 行
catalogue-strands-cases = 没有启用：有 { $count } 件事会没有单位承办，下面列出了是哪些
field-name-lines = 目录
field-name-effective = 生效时间
field-name-body = 规则全文

## Open311

appeals-nav-clients = Open311 密钥
clients-title = Open311 接入方
clients-lead = 其他应用用 Open311 GeoReport v2 报事，地址是 { $address }。每个接入方有自己的密钥和限额；查询不用密钥。
clients-list = 已登记的接入方
clients-none = 还没有接入方。
clients-name = 名称
clients-name-hint = 应用或单位的名字，2 到 60 个字。
clients-contact = 联系方式
clients-contact-hint = 有问题时找谁：电话或邮箱。
clients-key = 密钥尾号
clients-per-minute = 每分钟最多几次
clients-per-minute-hint = 1 到 6000。超过后须等一会儿再发。
clients-since = 登记日期
clients-state = 状态
clients-state-revoked = 已停用
clients-revoke = 停用
clients-revoked = 「{ $name }」的密钥已停用，不能再报事。
clients-new = 登记新的接入方
clients-make = 生成密钥
clients-fresh = 「{ $name }」的密钥
clients-fresh-once = 请现在复制。密钥只显示这一次，系统里只留它的摘要。
open311-per-minute = 填 1 到 { $most } 之间的整数。
open311-client-not-found = 没有这个接入方。
open311-client-revoked = 它的密钥早已停用。
open311-key = 密钥不对，或已停用。
open311-key-missing = 报事需要 api_key。
open311-too-many = 发得太快了，请 { $seconds } 秒后再发。
open311-number = { $name } 要填 { $least } 到 { $most } 之间的整数。
open311-date = { $name } 的时间「{ $value }」读不懂，请写成 2026-01-31T09:00:00+08:00。
open311-dates-order = { $start } 不能晚于 { $end }。
open311-dates-span = { $start } 和 { $end } 之间最多相隔 90 天。
open311-jurisdiction = 这里不受理「{ $value }」辖区的事。
open311-no-such-address = 没有这个地址。
open311-no-such-service = 没有服务「{ $value }」。
open311-no-such-group = 没有分组「{ $value }」。
open311-no-such-request = 没有编号「{ $value }」，或它不公开。
open311-status = status 只能是 open 或 closed，没有「{ $value }」。
open311-too-many-ids = 一次最多问 { $most } 个编号。
open311-service-missing = 请用 service_code 说明是哪项服务。
open311-place-missing = 请说明地点：lat 和 long，或 address_string，或 address_id。
open311-place-wrong = 地点不对：lat 在 -90 到 90 之间，long 在 -180 到 180 之间，两个都要有；address_id 是区划代码。
open311-attribute = 这项服务没有附加问题，不能带 { $name }。
open311-media = 请按 application/x-www-form-urlencoded 发送；随附照片时用 multipart/form-data。
open311-media-url = media_url 要以 http:// 或 https:// 开头，最多 { $most } 个字符。
open311-withdrawn = 反映人已撤回。
open311-contact = 由{ $city }管理，见 { $url }
open311-key-service = 密钥由本市的系统管理员发给接入方，见 { $url }
open311-notice = 查询码 { $code }，凭编号和查询码在 { $url } 查进度、评价或撤回。
open311-notice-due = 查询码 { $code }，凭编号和查询码在 { $url } 查进度、评价或撤回。承诺 { $due } 前答复。
case-media = 反映人提供的照片地址
