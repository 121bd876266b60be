// How the program ends, and what it says of what went wrong: a sentence, the place, what else.
//
//   tell(why, "select amout from opportunity");
//
//   guanxi: no field `amout` on `opportunity`; did you mean `amount`? (unknown_name)
//     select amout from opportunity
//            ^
#pragma once

#include "guanxi/base/error.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace guanxi::cli {

/// Exit codes (docs/command_line.md).
enum class ending : int { done = 0, failed = 1, usage = 2, interrupted = 130 };

/// What the caller of the program wrote wrongly in its arguments.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Writes an error to standard error. `source` is the text that its offset counts in, and `place`
/// where that stands; empty: none.
void tell(const error& why, std::string_view source = {}, std::string_view place = {});
/// The words of an error, with its place; each line ends.
std::string described(const error& why, std::string_view source);

}  // namespace guanxi::cli
