// Long work asks now and then whether it may go on: a deadline holds inside one expression, too.
//
//   pace by([&] { return within.check(); });
//   if (by.due(text.size()))
//     if (auto ok = by.ask(); !ok) return passed(ok);
//
// Thread rule: one thread.
#pragma once

#include "guanxi/base/result.hpp"

#include <cstddef>
#include <functional>
#include <utility>

namespace guanxi::expr {

class pace {
 public:
  /// Work is counted in bytes of text; any other step is as much as this many of them.
  static constexpr std::size_t step = 64;
  /// About a tenth of a millisecond.
  static constexpr std::size_t stride = std::size_t{1} << 16;

  pace() = default;
  explicit pace(std::function<result<void>()> question) : question_(std::move(question)) {}

  /// Counts what is done; true: it is time to ask.
  bool due(std::size_t work) noexcept { return (done_ += work) >= stride; }
  /// The answer. Once it is an error it is time to ask at every step.
  result<void> ask() {
    if (question_)
      if (result<void> ok = question_(); !ok) return ok;
    done_ = 0;
    return {};
  }

 private:
  std::function<result<void>()> question_;
  std::size_t done_ = 0;
};

}  // namespace guanxi::expr
