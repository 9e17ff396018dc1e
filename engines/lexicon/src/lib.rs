//! gongzhi-lexicon
