// What may stand where the cursor is: words of the language, and the entities and fields that the
// acting user sees.
//
//   complete(seen, "select na", " from account", words).candidates   // {"name"}
//
// Thread rule: functions of their arguments.
#pragma once

#include "sight.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::cli {

/// A word that begins with a dot, which the shell knows, and what may follow it.
struct dot_word {
  std::string_view name;
  bool takes_entity = false;
  std::span<const std::string_view> choices = {};
};

struct completion {
  std::size_t typed = 0;                ///< bytes before the cursor that are the beginning
  std::vector<std::string> candidates;  ///< sorted, each once
  bool open = false;                    ///< a path may go on, so no blank follows
};

/// `before` is the statement up to the cursor, its earlier lines too; `after` what is behind it.
completion complete(const sight& seen, std::string_view before, std::string_view after,
                    std::span<const dot_word> dot_words);

/// The longest beginning that all have.
std::string common_beginning(const std::vector<std::string>& words);

}  // namespace guanxi::cli
