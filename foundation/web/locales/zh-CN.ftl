# 页面框架
shell-brand = 共治
shell-site = { $city }共治
shell-skip = 跳到正文
shell-sample = 这是一座虚构的示例城市，其中的人、事、地址都不是真的。
shell-nav = 主导航
shell-sign-in = 登录
shell-theme = 明暗
shell-theme-auto = 跟随设备
shell-theme-light = 浅色
shell-theme-dark = 深色
shell-edition-elder = 长辈版
shell-edition-standard = 标准版
shell-footer = { $city }的事，大家一起办。
shell-help = 使用帮助
shell-accessibility = 无障碍说明
shell-privacy = 个人信息怎么用
shell-api = 开放接口

actor-visitor = 访客
actor-resident = 居民
actor-official = 承办人员
actor-organisation-member = 社会组织成员
actor-operator = 话务员
actor-auditor = 监督人员
actor-administrator = 系统管理员
actor-system = 系统

# 表单
field-optional = 选填
field-wrong = 请修改：
field-limit = 最多 { $n } 个字
field-left = 还可以写 { $n } 个字
field-over = 超出 { $n } 个字

# 列表
pager-label = 翻页
pager-newer = 较新的
pager-older = 较早的

# 时间
time-now = 刚刚
time-minutes-ago = { $n } 分钟前
time-in-minutes = { $n } 分钟后
time-hours-ago = { $n } 小时前
time-in-hours = { $n } 小时后
time-today = 今天 { $clock }
time-yesterday = 昨天 { $clock }
time-tomorrow = 明天 { $clock }
time-days-ago = { $n } 天前
time-in-days = { $n } 天后
time-date = { $month }{ $day }日
time-date-year = { $year }年{ $month }{ $day }日
time-date-clock = { $date } { $clock }
time-month-1 = 1月
time-month-2 = 2月
time-month-3 = 3月
time-month-4 = 4月
time-month-5 = 5月
time-month-6 = 6月
time-month-7 = 7月
time-month-8 = 8月
time-month-9 = 9月
time-month-10 = 10月
time-month-11 = 11月
time-month-12 = 12月
time-minutes = { $n } 分钟
time-hours = { $n } 小时
time-days = { $n } 天
time-two-units = { $large } { $small }
time-left = 还剩 { $length }
time-overdue = 超期 { $length }

# 登录与账户
sign-in-title = 登录
sign-in-lead = 反映问题不用登录。登录后可以看到自己提交过的事，工作人员登录后办理。
sign-in-login = 登录名
sign-in-password = 密码
sign-in-button = 登录
sign-in-login-missing = 请填写登录名。
sign-in-password-missing = 请填写密码。
sign-in-done = 已登录，您好，{ $name }。
sign-in-needed = 要看这一页，请先登录。
sign-in-demo = 示例城市的登录名
sign-in-demo-lead = 这里的账户都是虚构的，点一下就能以这个身份登录看看。
sign-out-button = 退出登录
sign-out-done = 已退出登录。
account-title = 我的账户
account-name = 姓名
account-acting = 当前身份
account-sessions = 登录记录
account-sessions-lead = 这些设备现在登录着您的账户。有不认识的，请结束它，再改密码。
account-session-this = 正在使用的这一个
account-session-since = 登录于
account-session-seen = 最近使用
account-session-until = 最迟到期
account-session-end = 结束
account-session-end-of = 结束 { $date } 开始的登录
account-session-ended = 那次登录已经结束。
account-memberships = 换一个身份
account-memberships-lead = 您在几个单位都有职务，请选择以哪一个身份办事。
account-self = 我自己（居民）
account-switch = 改用“{ $name }”
account-switched = 已改用新的身份。

# 首页
welcome-title = 首页
welcome-heading = 有事说一声
welcome-lead = { $city }的居民、政府和社会组织，在这里把身边的事一起办好。
welcome-elder-lead = 想做什么，请点下面的大按钮。
welcome-elder-way = 字大、按钮大、一步一步来：换成长辈版

# 帮助页
help-title = 使用帮助
help-lead = 三句话说明白。
help-report-title = 说一件事
help-report = 在首页写下发生了什么、在哪里，提交后会得到一个编号和一个查询码，请收好。
help-follow-title = 查进度
help-follow = 用编号和查询码随时查看谁在办、办到哪一步、什么时候答复。
help-appraise-title = 评一评
help-appraise = 答复以后，请告诉我们是否解决、是否满意。没有解决可以要求再办一次。
help-danger = 遇到危险请先拨打 110、119、120 或 122。

accessibility-title = 无障碍说明
accessibility-lead = 这个网站希望每个人都能用，不论年龄、视力和设备。
accessibility-1 = 所有页面不用鼠标、不开脚本也能用；键盘按 Tab 键依次走到每个控件。
accessibility-2 = 文字可以放大到 30 像素而不丢内容；长辈版字更大、按钮更大、一页只做一件事。
accessibility-3 = 状态总是图标、文字和颜色一起出现，不单靠颜色。
accessibility-4 = 每张地图和图表都有文字说明。
accessibility-way = 哪里用起来不方便，请像反映别的事一样告诉我们。

privacy-title = 个人信息怎么用
privacy-lead = 只收办事要用的信息，只给办事的人看，每次查看都有记录。
privacy-1 = 反映人的姓名和电话从不公开。承办单位要联系您时才会看到，并且每次查看都记下是谁、什么时候、为了什么。
privacy-2 = 举报类的事，反映人只有指定的人员能看到。
privacy-3 = 您可以查询、复制、更正、删除自己的信息；智能建议只作参考，决定由人作出。
privacy-4 = 本站只用必要的 Cookie：登录、语言、明暗和版式；不跟踪，不放广告。

# 开放接口
api-title = 开放接口
api-lead = 页面上能做的，程序也能做。所有接口遵循 OpenAPI 3.1，出错时回答 application/problem+json。
api-document = 接口描述文件
api-auth-title = 怎样表明身份
api-auth = 公开数据不用登录。以人的名义调用时，先用 POST /api/v1/sessions 换取令牌，再放进请求头：
api-parameters = 参数
api-parameter = 名称
api-where = 位置
api-meaning = 说明
api-required = 必填
api-body = 请求内容
api-answers = 回答
api-status = 状态
api-schemas = 数据类型
api-fields = 字段
api-type = 类型
problem-title = 错误说明：{ $code }
problem-lead = 接口用这个代码说明请求为什么没有成功：

# 出错时
error-request = 请求编号
error-way-home = 回首页
error-way-back = 返回上一页
error-way-retry = 再试一次
error-400-title = 这个请求看不懂
error-403-title = 这里不对您开放
error-401-title = 请先登录
error-404-title = 没有找到
error-405-title = 不能这样使用这个地址
error-409-title = 情况已经变了
error-413-title = 内容太大
error-415-title = 内容的格式不对
error-422-title = 有几处需要修改
error-429-title = 请稍等一会儿
error-431-title = 请求太长
error-500-title = 我们这边出错了
error-503-title = 现在有点忙
error-507-title = 暂时存不下

error-no-such-page = 这个地址没有内容。请检查有没有抄错，或者从首页重新找。
error-method = 这个地址不接受这样的请求。请从页面上的按钮和链接进入。
error-sign-in-first = 这件事要先登录才能做。
error-not-for-you = 您现在的身份不能做这件事。如果您有别的身份，请在“我的账户”里更换。
error-other-origin = 这个请求不是从本站页面发出的，没有执行。请回到本站页面再做一次。
error-form-token = 表单放得太久了，或者浏览器不接受 Cookie。您填写的内容没有提交，请返回上一页，刷新后再提交。
error-summary-line = { $field }：{ $said }
error-fields = 有几处需要修改，改好后再提交一次。
error-field-missing = 这一项没有填。
error-field-unreadable = 这一项的格式不对（{ $said }）。
error-form-kind = 表单应以 application/x-www-form-urlencoded 发送。
error-form-unreadable = 表单的内容看不懂，请返回重新填写。
error-json-kind = 请求头 Content-Type 应为 application/json。
error-json-unreadable = 不是正确的 JSON：第 { $line } 行第 { $column } 列读不下去。
error-json-shape = JSON 的结构不对：{ $said }。
error-body-broken = 请求的内容没有传完，请再发一次。
error-too-large = 内容超过了允许的大小，请缩短或减少附件后再试。
error-idempotency-key = Idempotency-Key 应为 1 到 200 个可见的 ASCII 字符，并且只出现一次。
error-token-stale = 令牌已经失效，请重新登录换取。
error-fault = 不是您的问题。我们已经记下，请过一会儿再试；要反映这个问题，请告诉我们下面的请求编号。
error-too-many-sign-ins = 从这里登录，连续几次没有输对。请 { $seconds } 秒后再试。
error-too-many-writes = 从这里提交得太频繁，这一次没有执行。请 { $seconds } 秒后再试。
error-busy = 同时办事的人很多，您的请求没有执行。请过几秒再试。
error-full = 存储空间不足，您的内容没有保存。工作人员处理后请再提交一次。
