//! How the process keeps memory.

/// Lets blocks of a mebibyte and more go back to the system as soon as they are freed.
///
/// By default the allocator of glibc keeps them once it has seen one: each thread that checks a password would then
/// hold its 19 MiB for ever (measured: 47 MB instead of 28 MB of an idle city).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_large_blocks_back() {
    use std::ffi::c_int;

    /// `M_MMAP_THRESHOLD` of `<malloc.h>`.
    const MMAP_THRESHOLD: c_int = -3;
    const MEBIBYTE: c_int = 1 << 20;

    #[allow(unsafe_code, reason = "declares a function of the C library; mallopt(3) takes any two numbers")]
    unsafe extern "C" {
        safe fn mallopt(parameter: c_int, value: c_int) -> c_int;
    }
    // 0 means that the allocator does not know the parameter; then it keeps memory as it always did.
    let _known = mallopt(MMAP_THRESHOLD, MEBIBYTE);
}

/// Other allocators do not keep large blocks.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_large_blocks_back() {}
