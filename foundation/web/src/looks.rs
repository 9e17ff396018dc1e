//! How pages look to a reader: theme and edition.

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device has it.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The word in cookies, addresses and attributes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|theme| theme.word() == word)
    }
}

/// How large and how plain the pages are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edition {
    /// For everyone.
    #[default]
    Standard,
    /// 长辈版: larger letters and targets, one column, nothing hidden.
    Elder,
}

impl Edition {
    /// The word in cookies, addresses and attributes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Elder => "elder",
        }
    }

    /// The edition of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Standard, Self::Elder].into_iter().find(|edition| edition.word() == word)
    }
}
