//! gongzhi-appeals
