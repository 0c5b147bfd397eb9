//! The command as users meet it: what it prints, what it writes, how it ends.

mod audits;
mod ci;
mod errors;
mod evidence;
mod exports;
mod files;
mod fleet;
mod follow;
mod gate;
mod goals;
mod history;
mod hostile;
mod house;
mod kiosk;
mod languages;
mod rendered;
mod reports;
mod resume;
mod rules;
mod standards;
mod styles;
mod tasks;
mod weighing;
