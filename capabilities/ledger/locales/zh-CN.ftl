# 账本
ledger-nav = 账本
ledger-title = 公开账本
ledger-lead = 平台上每一步公开的办理都封存在这里：只能往后添加，不能改，不能删，也不能补记成以前的日期。不必相信我们，您可以自己核对。
ledger-refused = 账本暂停封存：数据库与上次签名的内容对不上。已经封存的仍可核对。
ledger-empty = 账本里还没有内容
ledger-empty-hint = 第一笔签名后就会出现在这里。
ledger-checkpoint = 最近一次签名
ledger-size = 共封存 { $size } 条，签名于
ledger-witnessed = { $count ->
    [0] 还没有见证人联署
   *[other] { $count } 个见证人已联署
}
ledger-witnesses = 见证人
ledger-witness-signed = 已联署 { $size } 条，时间
ledger-witness-silent = 尚未联署
ledger-witness-hint = 见证人是政府以外的其他机构或团体。每个见证人只联署与之前所见一致的账本，谁也无法给不同的人看不同的账本。
ledger-details = 给技术人员和核对工具
ledger-origin = 账本名称
ledger-root = 根哈希
ledger-key = 账本的公钥
ledger-key-previous = 原来的公钥（仍在同时签名）
ledger-checkpoint-file = 签名原文
ledger-key-file = 公钥原文
ledger-keep = 把今天的签名原文存下来：以后谁想改动今天之前的记录，都会和它对不上。
ledger-entries = 封存的记录
ledger-number = 第 { $number } 条
ledger-receipt-of = 第 { $number } 条的凭证
ledger-receipt = 下载凭证
ledger-waiting = 稍候签名
ledger-back = 回到账本
ledger-back-case = 回到这件诉求
ledger-entry-title = 账本第 { $number } 条
ledger-sealed-at = 封存于
ledger-all-of-case = 查看这件诉求的全部封存记录
ledger-leaf = 封存的内容
ledger-leaf-hint = 这里没有个人信息。答复等文字只留下加盐的指纹（salted_sha256）：原文被删除后，凭证依然有效，却没有人能从指纹猜出原文。
ledger-keepsake = 留存凭证
ledger-qr = 二维码：打开这件诉求的封存记录
ledger-next-time = 以后还想再来看？
ledger-next-time-link = 收藏这个网址，下次打开只看新增的记录
ledger-since = { $count ->
    [0] 您上次看到第 { $seen } 条，之后没有新增记录。
   *[other] 您上次看到第 { $seen } 条，之后新增了 { $count } 条。
}
ledger-since-all = 查看全部
ledger-subject-title = 这件诉求的封存记录
ledger-subject-lead = 下面每一步都封存在公开账本里，谁也不能悄悄改掉或删掉。下载凭证，您可以随时自己核对。
ledger-seal = 已封存为账本第 { $number } 条
ledger-seal-check = { $witnesses ->
    [0] 自己核对
   *[other] { $witnesses } 个见证人已联署，自己核对
}
ledger-verify-go = 核对一张凭证
ledger-verify-title = 核对凭证
ledger-verify-lead = 选一张下载的凭证。核对在您的浏览器里完成，不向服务器发送任何内容。
ledger-verify-noscript = 在页面上核对需要 JavaScript。也可以用下面的命令核对。
ledger-verify-file = 凭证文件（.tlog-proof）
ledger-verify-paste = 或者把凭证的内容贴在这里
ledger-verify-key-hint = 最好填您早先记下的公钥，或从别处得到的公钥。
ledger-verify-witnesses = 您信任的见证人的公钥，每行一个（可不填）
ledger-verify-witnesses-hint = 填了就会一并核对其中哪些见证人联署过这张凭证、在什么时候。
ledger-verify-no-witness = 其中有一行不是见证人的公钥：请检查是否抄写完整。
ledger-verify-false-witness = 有见证人的签名不符：内容被改动过，或者是别人签的。
ledger-verify-witnessed = 联署于
ledger-verify-unwitnessed = 没有联署这张凭证
ledger-verify-do = 核对
ledger-verify-good = 凭证成立：这条记录就在签过名的账本里。
ledger-verify-bad = 凭证不成立
ledger-verify-no-receipt = 这不是一张凭证，或者内容不完整。
ledger-verify-no-key = 公钥不对：请检查是否抄写完整。
ledger-verify-unsigned = 凭证不是由这把公钥的账本签的。
ledger-verify-false = 签名不符：内容被改动过，或者是别人签的。
ledger-verify-elsewhere = 这条记录不在签过名的账本里：记录、位置或路径被改动过。
ledger-verify-text = 凭证附带的文字与封存时不同：文字被改动过。
ledger-verify-unable = 这个浏览器不能核对 Ed25519 签名。请换新版的浏览器，或用下面的命令核对。
ledger-verify-entry = 账本里的位置
ledger-verify-said = 封存的文字
ledger-verify-offline = 没有网络也可以核对：
ledger-kind-submitted = 诉求提交
ledger-kind-dispatched = 派单
ledger-kind-accepted = 签收受理
ledger-kind-contacted = 首次联系
ledger-kind-returned = 退单
ledger-kind-answered = 答复
ledger-kind-appraised = 评价
ledger-kind-reopened = 重办
ledger-kind-withdrawn = 撤回
ledger-kind-closed = 办结
ledger-kind-overdue = 逾期
ledger-kind-reporter-read = 查看反映人信息
ledger-kind-opened = 账本开启
ledger-kind-key-changed = 更换账本密钥
ledger-kind-key-ended = 停用旧的账本密钥
ledger-kind-organ = 设立单位
ledger-kind-organ-changed = 单位变更
ledger-kind-area = 增设区域
ledger-kind-area-changed = 区域更正
ledger-kind-area-ended = 区域撤销
ledger-kind-category = 增设类别
ledger-kind-category-changed = 类别变更
ledger-kind-rulebook = 启用规则
ledger-kind-catalogue = 启用派单目录
