//! gongzhi-people
