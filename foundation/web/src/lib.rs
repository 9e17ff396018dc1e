//! gongzhi-web
