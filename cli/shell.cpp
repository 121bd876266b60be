// The shell: statements that end in a semicolon, and words that begin with a dot.
#include "command.hpp"
#include "interrupt.hpp"
#include "line_editor.hpp"
#include "sight.hpp"
#include "statements.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>

namespace guanxi::cli {
namespace {

/// Rows of a table that a person is shown; other formats give all.
constexpr std::size_t most_shown = 1000;

struct shell_options {
  common_options common;
  actor who;
  answer_options answer;
  bool forget = false;
};

constexpr std::string_view format_words[] = {"table", "csv", "json", "jsonl"};
constexpr std::string_view switch_words[] = {"on", "off"};
constexpr std::string_view language_words[] = {"en", "zh"};

constexpr dot_word dot_words[] = {{".as"},
                                  {".entities"},
                                  {".explain"},
                                  {".fields", true},
                                  {".format", false, format_words},
                                  {".help"},
                                  {".language", false, language_words},
                                  {".quit"},
                                  {".timer", false, switch_words},
                                  {".width"}};

constexpr std::string_view help_en = R"(A query ends in a semicolon and may have several lines.
  .as LOGIN            act as this user
  .entities            the entities that this user sees
  .explain STATEMENT   how it would be answered; for administrators
  .fields ENTITY       the fields of an entity
  .format WORD         table, csv, json or jsonl
  .language WORD       en or zh
  .timer on|off        tell how long each statement took
  .width NUMBER        widest cell of a table
  .quit                end, as Ctrl-D does
Tab completes names, Ctrl-R searches what was typed before, Ctrl-C stops a query.
)";
constexpr std::string_view help_zh = R"(查询语句以分号结尾，可以写成多行。
  .as LOGIN            以该用户的身份操作
  .entities            该用户能看到的实体
  .explain STATEMENT   语句将如何执行；供管理员使用
  .fields ENTITY       实体的字段
  .format WORD         table、csv、json 或 jsonl
  .language WORD       en 或 zh
  .timer on|off        显示每条语句的用时
  .width NUMBER        表格单元格的最大宽度
  .quit                退出，与 Ctrl-D 相同
Tab 补全名称，Ctrl-R 查找以前的输入，Ctrl-C 中断查询。
)";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

error wrong(std::string_view what, std::string_view remedy) {
  return error(errc::invalid_argument, in_backticks(what) + " is no word of the shell; " +
                                           std::string(remedy));
}

class shell {
 public:
  shell(const shell_options& how, tenant of, session as)
      : how_(how), crm_(std::move(of)), session_(std::move(as)) {
    how_.answer.max_rows = most_shown;
  }

  ending run() { return is_terminal(STDIN_FILENO) ? converse() : read_through(); }

 private:
  // ------------------------------------------------------------------------------- two ways in

  ending converse() {
    interrupt::install(false);
    line_editor editor([this](std::string_view before, std::string_view after) {
      return completed(before, after);
    });
    if (!how_.forget) editor.keep_history(history_path());
    if (!how_.common.quiet) greet();
    while (!done_) {
      const line_editor::end end = editor.read(prompt());
      if (end == line_editor::end::closed) {
        std::fputs("\n", stdout);
        break;
      }
      interrupt::clear();
      if (end == line_editor::end::interrupted) typed_.clear();
      else take(editor.line(), &editor);
    }
    return ending::done;
  }

  /// From a file or a pipe: the first error ends it.
  ending read_through() {
    for (std::string line; !done_ && !failed_ && std::getline(std::cin, line);)
      take(line, nullptr);
    if (!done_ && !failed_ && typed_.pending()) {  // the last semicolon may be left out
      typed_.add(";");
      run_statements(nullptr);
    }
    if (interrupt::asked()) return ending::interrupted;
    return failed_ ? ending::failed : ending::done;
  }

  void take(const std::string& line, line_editor* editor) {
    if (!typed_.pending() && trimmed(line).starts_with('.')) {
      if (editor && !line.starts_with(' ')) editor->remember(line);
      report(obey(trimmed(line)), "");
      typed_.add("");  // lines are counted
      typed_.next();
      return;
    }
    if (!typed_.pending()) forgotten_ = line.starts_with(' ');
    typed_.add(line);
    run_statements(editor);
  }

  void run_statements(line_editor* editor) {
    while (!failed_) {
      const std::optional<std::string> statement = typed_.next();
      if (!statement) return;
      if (editor && !forgotten_) editor->remember(on_one_line(*statement) + ";");
      report(answer(*statement), *statement);
      if (!interrupt::asked() || !editor) continue;
      interrupt::clear();
      return typed_.clear();  // what stood behind it on the line
    }
  }

  /// A person goes on after an error, a file does not.
  void report(const result<void>& done, std::string_view statement) {
    if (done) return;
    failed_ = !is_terminal(STDIN_FILENO);
    tell(done.error(), statement, failed_ ? "line " + std::to_string(typed_.line()) : "");
  }

  // ----------------------------------------------------------------------------- what it does

  result<void> answer(const std::string& statement) {
    const auto began = std::chrono::steady_clock::now();
    {
      const interrupt::watched now(session_);
      if (auto ok = interrupt::check(); !ok) return ok;
      const result<rows> found = session_.query(statement);
      if (!found) return unexpected(found.error());
      if (auto ok = give(*found, how_.answer, how_.common); !ok) return ok;
    }
    if (!timed_) return {};
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::array<char, 40> text = {};
    std::snprintf(text.data(), text.size(), "%.3f", took.count());
    return print(std::string(in(how_.common.language, "took ", "用时 ")) + text.data() +
                 std::string(in(how_.common.language, " s\n", " 秒\n")));
  }

  result<void> obey(std::string_view line) {
    const std::size_t blank = line.find_first_of(" \t");
    const std::string_view word = line.substr(0, blank);
    const std::string rest(
        blank == std::string_view::npos ? std::string_view() : trimmed(line.substr(blank)));
    if (word == ".quit" || word == ".exit") {
      done_ = true;
      return {};
    }
    if (word == ".help") return print(in(how_.common.language, help_en, help_zh));
    if (word == ".as") return become(rest);
    if (word == ".entities") return list_entities();
    if (word == ".fields") return list_fields(rest);
    if (word == ".explain") return explain(rest);
    return set(word, rest);
  }

  result<void> set(std::string_view word, const std::string& to) {
    const auto place = [&](std::span<const std::string_view> words) -> std::ptrdiff_t {
      const auto found = std::find(words.begin(), words.end(), to);
      return found == words.end() ? -1 : found - words.begin();
    };
    if (word == ".format") {
      const std::ptrdiff_t which = place(format_words);
      if (which < 0) return unexpected(wrong(to, "a format is table, csv, json or jsonl"));
      how_.answer.as = static_cast<answer_format>(which);
      return {};
    }
    if (word == ".timer") {
      if (place(switch_words) < 0) return unexpected(wrong(to, "the timer is on or off"));
      timed_ = to == "on";
      return {};
    }
    if (word == ".language") {
      if (place(language_words) < 0) return unexpected(wrong(to, "a language is en or zh"));
      how_.common.language = to == "zh" ? language::chinese : language::english;
      return {};
    }
    if (word == ".width") {
      const std::size_t columns = std::strtoull(to.c_str(), nullptr, 10);
      if (columns < 2 || columns > 100'000)
        return unexpected(wrong(to, "a width is a number from 2 to 100,000"));
      how_.answer.cell_width = columns;
      return {};
    }
    nearest_name near(word);
    for (const dot_word& d : dot_words) near.offer(d.name);
    return unexpected(wrong(word, ".help lists them" + near.hint()));
  }

  result<void> become(const std::string& login) {
    result<session> other = crm_.as_user(login);
    if (!other) return passed(other);
    session_ = std::move(*other);
    return {};
  }

  result<void> list_entities() {
    const result<sight> seen = look(session_);
    if (!seen) return unexpected(seen.error());
    return give(entities_of(*seen, how_.common.language), how_.answer, how_.common);
  }

  result<void> list_fields(const std::string& entity) {
    const result<sight> seen = look(session_);
    if (!seen) return unexpected(seen.error());
    const result<query::rows> found =
        fields_of(*seen, std::span(&entity, 1), how_.common.language);
    if (!found) return unexpected(found.error());
    return give(*found, how_.answer, how_.common);
  }

  result<void> explain(const std::string& written) {
    const result<std::string> statement = statement_from(written);
    if (!statement) return unexpected(statement.error());
    const auto shape = session_.explain_query(*statement);
    if (!shape) return unexpected(shape.error());
    return print(described(*shape));
  }

  // ------------------------------------------------------------------------ what a person sees

  void greet() const {
    const std::string version = GUANXI_VERSION_STRING;
    const std::string text =
        how_.common.language == language::chinese
            ? "Guanxi " + version + "。语句以分号结尾；.help 显示帮助，.quit 退出。\n"
            : "Guanxi " + version + ". Statements end in a semicolon; .help helps, .quit ends.\n";
    std::fputs(text.c_str(), stdout);
  }

  std::string prompt() const {
    const policy::principal& who = session_.who();
    const std::string name = who.system ? "(system)" : who.login;
    if (!typed_.pending()) return name + "> ";
    return std::string(display_width(name) > 3 ? display_width(name) - 3 : 0, ' ') + "...> ";
  }

  completion completed(std::string_view before, std::string_view after) const {
    const result<sight> seen = look(session_);
    if (!seen) return {};
    return complete(*seen, std::string(typed_.text()) + std::string(before), after, dot_words);
  }

  shell_options how_;
  tenant crm_;
  session session_;
  statement_reader typed_;
  bool timed_ = false, done_ = false, failed_ = false;
  bool forgotten_ = false;  ///< what is typed is not for the history
};

result<ending> run_shell(const shell_options& o) {
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  result<session> s = act(*crm, o.who);
  if (!s) return passed(s);
  return shell(o, std::move(*crm), std::move(*s)).run();
}

}  // namespace

void add_shell(CLI::App& to, deed& chosen) {
  add_command<shell_options>(
      to, chosen, "shell", "Ask questions one after the other",
      [](CLI::App& command, shell_options& o) {
        add_actor(command, o.who);
        add_answer(command, o.answer);
        command.remove_option(command.get_option("--output"));
        command.add_flag("--no-history", o.forget, "Keep no history of what is typed");
      },
      run_shell);
}

}  // namespace guanxi::cli
