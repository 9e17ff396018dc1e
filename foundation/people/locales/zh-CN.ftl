# 人员、机构、区划、登录：拒绝时说的话。

people-sign-in-first = 请先登录，再做这件事。
people-not-allowed = 您现在的身份不能做这件事。如果您还有其他身份，请先切换再试。
people-sign-in-wrong = 登录名或密码不对，请再试一次。忘了密码，可以请管理员重新设置。
people-sign-in-locked = 连续几次没有输对，请 { $minutes } 分钟后再试。
people-sign-in-busy = 现在登录的人很多，请过几秒再试。
people-suspended = 这个账号已经停用。如有疑问，请联系管理员。

people-person-not-found = 没有找到这个人。
people-organ-not-found = 没有找到这个机构。
people-area-not-found = 没有找到这个区域。
people-membership-not-found = 没有找到这项任职。
people-session-not-found = 没有找到这次登录，它可能已经结束了。

people-name-missing = 请填写名称。
people-name-too-long = 名称最多 { $max } 个字。
people-name-unreadable = 名称里有无法显示的字符，请重新输入。
people-login-unusable = 登录名要有 2 到 64 个字，只能用汉字、字母、数字和 . _ - @ +。
people-login-taken = 这个登录名已经有人用了，请换一个。
people-phone-unusable = 电话号码要有 5 到 20 位数字，可以用 + 开头。
people-no-login = 这个人还没有登录名，不能设置密码。
people-password-too-short = 密码至少要有 { $min } 个字符。
people-password-too-long = 密码最多 { $max } 个字符。
people-password-too-easy = 这个密码太容易猜到。试试几个不相干的词连在一起。
people-password-wrong = 现在的密码不对。

people-code-missing = 请填写代码。
people-code-unusable = 代码最多 { $max } 个字符，只能用汉字、字母、数字和 . _ - :。
people-code-taken = 这个代码已经用过了，请换一个。
people-organ-within-itself = 机构不能设在自己下面。
people-organ-dissolved = 这个机构已经撤销，不能再任命人员。
people-role-not-here = 这类机构没有这个职务。

people-area-level-unknown = 看不出这个区域属于哪一级，请写明级别。
people-area-level-changed = 同一个代码的级别变了，请先结束原来的区域。
people-area-twice = 这个代码在文件里出现了不止一次，只采用第一次。
people-area-parent-missing = 没有找到它的上级区域。
people-area-parent-not-wider = 上级区域的级别要更高。
people-area-ended = 这个区域已经结束。
people-area-ends-before-it-begins = 结束时间早于开始时间，请改一下。
people-area-not-empty = 这个区域下面还有别的区域，请先处理它们。
people-area-successor-unknown = 没有找到接续的区域。

people-step-over = 这次登录停得太久，或输错次数太多，请从头再登录一次。
people-code-wrong = 这个验证码不对，或已经用过。请等新的一组数字出现后再填。
people-code-missing-here = 这个账户开了两步登录，请填写验证器应用里的六位数字，或一个恢复码。
people-second-factor-first = 您的职务要求两步登录。请先在网页上登录一次，按提示设好验证器。
people-prove-first = 做这件事以前，请先证明是您本人。
people-no-second-factor = 这个账户还没有设验证器。
people-second-factor-demanded = 您的职务要求两步登录，验证器可以更换，不能取消。
people-erase-roles = 您还担任着职务，请先请管理员收回，再注销账户。
