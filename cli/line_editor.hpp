// A line that a person types at a terminal, with editing, history and completion; on libedit.
//
//   line_editor editor([&](std::string_view before, std::string_view after) { … });
//   while (editor.read("guanxi> ") == line_editor::end::line) use(editor.line());
//
// Thread rule: one thread, and one editor at a time.
#pragma once

#include "completion.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace guanxi::cli {

class line_editor {
 public:
  /// Of the line up to the cursor, and behind it.
  using completer = std::function<completion(std::string_view before, std::string_view after)>;
  enum class end { line, interrupted, closed };

  explicit line_editor(completer by);
  ~line_editor();
  end read(const std::string& prompt);
  const std::string& line() const noexcept;

  /// Takes up what was typed in earlier sessions, and writes what is remembered from now on. The
  /// file is the user's alone; one that cannot be had is done without.
  void keep_history(const std::string& path);
  void remember(const std::string& entry);

  struct state;

 private:
  std::unique_ptr<state> state_;
};

/// Where the history is: $XDG_STATE_HOME or ~/.local/state, guanxi/history. Empty: nowhere.
std::string history_path();

}  // namespace guanxi::cli
