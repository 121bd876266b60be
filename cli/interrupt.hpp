// Ctrl-C, as the program takes it: what runs ends and keeps nothing of its work.
//
//   interrupt::install();
//   const interrupt::watched now(s);           // a call of this session ends when it is asked for
//   if (interrupt::asked()) …
#pragma once

#include "guanxi/session/session.hpp"

namespace guanxi::cli::interrupt {

/// Takes the signal, unless whoever started the program has it ignored. With `insists`, a second
/// one before clear() ends the program at once.
void install(bool insists);
bool asked() noexcept;
void clear() noexcept;
/// errc::interrupted if the signal has come already: a session would not know of it, since each of
/// its calls begins anew.
result<void> check();

/// Ends a call of this session, one at a time, when the signal comes.
class watched {
 public:
  explicit watched(const session& of) noexcept;
  watched(const watched&) = delete;
  watched& operator=(const watched&) = delete;
  ~watched();
};

}  // namespace guanxi::cli::interrupt
