//! The words an appeal is described by: short lists, each with its name in the store, in policies and in JSON.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in the store, in policies and in JSON.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(super) use words;

words! {
    /// What is asked for (诉求类型, GB/T 33358-2016).
    Kind {
        /// 咨询: a question about rules or services.
        Inquiry = "inquiry",
        /// 求助: something is wanted or broken.
        Help = "help",
        /// 投诉: somebody did it badly, or not at all.
        Complaint = "complaint",
        /// 举报: somebody breaks the law; the reporter is protected.
        Report = "report",
        /// 建议: how it could be better.
        Suggestion = "suggestion",
    }
}

words! {
    /// How it came in (来源渠道).
    Channel {
        /// The web pages.
        Web = "web",
        /// The mini-program on a phone.
        MiniProgram = "mini_program",
        /// A call, entered by an operator.
        Phone = "phone",
        /// At a counter.
        WalkIn = "walk_in",
        /// A grid worker on the round.
        Grid = "grid",
        /// A letter by e-mail.
        Email = "email",
        /// A client of Open311.
        Open311 = "open311",
        /// A client of the JSON interface.
        Api = "api",
        /// Another system's history.
        Import = "import",
    }
}

words! {
    /// How soon it must be answered (紧急程度); the rulebook gives each its periods.
    Urgency {
        /// 危险: life or limb.
        Danger = "danger",
        /// 水电气热: water, power, gas, heat.
        Utility = "utility",
        /// 一般.
        Ordinary = "ordinary",
        /// 疑难: needs several organs or an expert report.
        Complex = "complex",
    }
}

words! {
    /// Who may see it (公开范围). The reporter's name is never public, whichever is chosen.
    Visibility {
        /// 公开: everybody sees the matter and its exact place.
        Public = "public",
        /// 匿名公开: everybody sees the matter, but of its place only the community.
        ReporterAnonymous = "reporter_anonymous",
        /// 保密: seen only by the reporter, the hotline centre, the handling organ and auditors; the organ does not learn who reported.
        Confidential = "confidential",
    }
}

impl Visibility {
    /// Whether everybody may see the matter.
    pub fn is_public(self) -> bool {
        self != Self::Confidential
    }
}

words! {
    /// What a deadline is for (时限环节), in their order.
    Stage {
        /// 派单: the dispatcher names an organ.
        Dispatch = "dispatch",
        /// 签收: the organ accepts.
        Accept = "accept",
        /// 首次联系: the organ speaks with the reporter.
        Contact = "contact",
        /// 答复: the organ answers.
        Answer = "answer",
    }
}

words! {
    /// The three groups that lists and counters speak of.
    Phase {
        /// 办理中: somebody in government must act.
        Open = "open",
        /// 已答复: the reporter may appraise.
        Answered = "answered",
        /// 已办结: nothing more will happen.
        Closed = "closed",
    }
}

words! {
    /// Why it was closed (办结方式).
    Closing {
        /// 评价后办结: the reporter has appraised it.
        Appraised = "appraised",
        /// 逾期未评价: the time for an appraisal, or for asking again, has run out.
        Lapsed = "lapsed",
        /// 原系统办结: closed in the system that it was imported from.
        AtSource = "at_source",
    }
}

words! {
    /// How the reporter was spoken with (联系方式).
    ContactWay {
        /// A call.
        Phone = "phone",
        /// In person.
        Visit = "visit",
        /// In writing.
        Message = "message",
    }
}

words! {
    /// Who gave the appraisal (评价来源).
    AppraisedBy {
        /// The reporter, on the page.
        Reporter = "reporter",
        /// The reporter, to an operator who called back (回访).
        CallBack = "call_back",
    }
}

words! {
    /// Who named the organ (派单方式).
    DispatchedBy {
        /// The dispatch catalogue (派单目录), without a person.
        Catalogue = "catalogue",
        /// A dispatcher.
        Dispatcher = "dispatcher",
        /// The system that the case was imported from.
        Source = "source",
    }
}

words! {
    /// On what ground a clock may stand still (暂停计时事由); the rulebook says which of them hold, and for how long.
    PauseGround {
        /// 待反映人补充材料: the reporter must still send something.
        AwaitingReporter = "awaiting_reporter",
        /// 诉讼、仲裁、复议中: a court, an arbitrator or a review has the matter.
        CourtOrReview = "court_or_review",
        /// 待检测鉴定: a test or an expert report is awaited.
        ExpertReport = "expert_report",
        /// 天气原因: the weather forbids the work.
        Weather = "weather",
    }
}
