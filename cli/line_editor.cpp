#include "line_editor.hpp"

#include "interrupt.hpp"
#include "terminal.hpp"

#include <histedit.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <filesystem>
#include <fstream>

namespace guanxi::cli {

namespace {

constexpr int most_remembered = 1000;
constexpr std::size_t most_listed = 200;

struct close_editor {
  void operator()(EditLine* e) const noexcept { el_end(e); }
};
struct close_history {
  void operator()(History* h) const noexcept { history_end(h); }
};

}  // namespace

struct line_editor::state {
  completer complete;
  std::string prompt, line, history_file, last;
  std::unique_ptr<History, close_history> history;
  std::unique_ptr<EditLine, close_editor> editor;
  bool stopped = false;
};

namespace {

line_editor::state& state_of(EditLine* editor) {
  void* found = nullptr;
  el_get(editor, EL_CLIENTDATA, &found);
  return *static_cast<line_editor::state*>(found);
}

char* prompt_of(EditLine* editor) { return state_of(editor).prompt.data(); }

/// Waits for a byte or for Ctrl-C, which may come at any moment: it is let through only here.
bool wait_for_byte() {
  sigset_t interrupt_only, before;
  sigemptyset(&interrupt_only);
  sigaddset(&interrupt_only, SIGINT);
  sigprocmask(SIG_BLOCK, &interrupt_only, &before);
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  int ready = -1;
  while (!interrupt::asked()) {
    ready = ppoll(&input, 1, nullptr, &before);
    if (ready > 0 || (ready < 0 && errno != EINTR)) break;
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return ready > 0 && !interrupt::asked();
}

/// A character from the keyboard: 1, 0 at the end, -1 when Ctrl-C came.
int read_character(EditLine* editor, wchar_t* into) {
  std::mbstate_t shift = {};
  while (true) {
    if (!wait_for_byte()) {
      state_of(editor).stopped = interrupt::asked();
      return -1;
    }
    char byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got <= 0) return static_cast<int>(got);
    const std::size_t whole = std::mbrtowc(into, &byte, 1, &shift);
    if (whole == static_cast<std::size_t>(-2)) continue;  // there is more of it
    if (whole == static_cast<std::size_t>(-1)) *into = L'?';
    return 1;
  }
}

void list(const std::vector<std::string>& words) {
  std::size_t widest = 0;
  for (const std::string& w : words) widest = std::max(widest, w.size() + 2);
  const std::size_t across = std::max<std::size_t>(columns_of(STDOUT_FILENO) / widest, 1);
  std::string out = "\n";
  for (std::size_t i = 0; i < std::min(words.size(), most_listed); ++i) {
    const bool last = i % across == across - 1 || i + 1 == words.size();
    out += words[i] + (last ? "\n" : std::string(widest - words[i].size(), ' '));
  }
  if (words.size() > most_listed) out += "…\n";
  std::fputs(out.c_str(), stdout);
  std::fflush(stdout);
}

unsigned char complete_here(EditLine* editor, int) {
  const LineInfo* at = el_line(editor);
  const std::string_view before(at->buffer, static_cast<std::size_t>(at->cursor - at->buffer));
  const std::string_view after(at->cursor, static_cast<std::size_t>(at->lastchar - at->cursor));
  const completion found = state_of(editor).complete(before, after);
  if (found.candidates.empty()) return CC_REFRESH_BEEP;
  std::string more = common_beginning(found.candidates).substr(found.typed);
  const bool one = found.candidates.size() == 1;
  if (one && !found.open) more += ' ';
  if (!more.empty() && el_insertstr(editor, more.c_str()) == 0) return CC_REFRESH;
  if (one) return CC_NORM;
  list(found.candidates);
  return CC_REDISPLAY;
}

/// Names are UTF-8, whatever the locale says; libedit asks the locale.
void need_utf8() {
  if (locale_is_utf8()) return;
  if (!std::setlocale(LC_CTYPE, "C.UTF-8")) std::setlocale(LC_CTYPE, "");
}

}  // namespace

line_editor::line_editor(completer by) : state_(std::make_unique<state>()) {
  need_utf8();
  state& s = *state_;
  s.complete = std::move(by);
  s.history.reset(history_init());
  s.editor.reset(el_init("guanxi", stdin, stdout, stderr));
  HistEvent event;
  history(s.history.get(), &event, H_SETSIZE, most_remembered);
  history(s.history.get(), &event, H_SETUNIQUE, 1);
  EditLine* e = s.editor.get();
  el_set(e, EL_CLIENTDATA, &s);
  el_set(e, EL_PROMPT, prompt_of);
  el_set(e, EL_EDITOR, "emacs");
  el_set(e, EL_HIST, ::history, s.history.get());
  el_set(e, EL_GETCFN, read_character);
  el_set(e, EL_ADDFN, "guanxi-complete", "Complete the word before the cursor", complete_here);
  el_set(e, EL_BIND, "^I", "guanxi-complete", nullptr);
  el_set(e, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(e, nullptr);  // the user's own keys
}

line_editor::~line_editor() = default;

const std::string& line_editor::line() const noexcept { return state_->line; }

line_editor::end line_editor::read(const std::string& prompt) {
  state& s = *state_;
  s.prompt = prompt;
  s.stopped = false;
  el_resize(s.editor.get());  // the window may be another size by now
  int size = 0;
  const char* typed = el_gets(s.editor.get(), &size);
  if (s.stopped) {
    std::fputs("^C\n", stdout);
    return end::interrupted;
  }
  if (!typed || size <= 0) return end::closed;
  s.line.assign(typed, static_cast<std::size_t>(size));
  while (s.line.ends_with('\n') || s.line.ends_with('\r')) s.line.pop_back();
  return end::line;
}

std::string history_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state && *state == '/') return std::string(state) + "/guanxi/history";
  const char* home = std::getenv("HOME");
  return home && *home ? std::string(home) + "/.local/state/guanxi/history" : std::string();
}

void line_editor::keep_history(const std::string& path) {
  if (path.empty()) return;
  std::error_code failed;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!std::filesystem::exists(folder, failed)) {
    std::filesystem::create_directories(folder, failed);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  }
  std::vector<std::string> kept;
  std::ifstream in(path);
  for (std::string entry; std::getline(in, entry);) kept.push_back(entry);
  HistEvent event;
  const std::size_t skipped = kept.size() - std::min<std::size_t>(kept.size(), most_remembered);
  for (std::size_t i = skipped; i < kept.size(); ++i)
    history(state_->history.get(), &event, H_ENTER, kept[i].c_str());
  state_->history_file = path;
}

void line_editor::remember(const std::string& entry) {
  state& s = *state_;
  if (entry.empty() || entry == s.last) return;
  s.last = entry;
  HistEvent event;
  history(s.history.get(), &event, H_ENTER, entry.c_str());
  if (s.history_file.empty()) return;
  const mode_t before = umask(S_IRWXG | S_IRWXO);
  std::ofstream(s.history_file, std::ios::app) << entry << '\n';
  umask(before);
}

}  // namespace guanxi::cli
