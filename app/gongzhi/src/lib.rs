//! The application as a library
