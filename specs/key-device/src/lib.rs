//! Keys that never leave: the device trait and the software device.
