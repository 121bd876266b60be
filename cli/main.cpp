// The program `guanxi`: what a developer or an administrator runs on a file (docs/command_line.md).
#include "command.hpp"
#include "guanxi/base/config.hpp"
#include "interrupt.hpp"

#include <clocale>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

namespace guanxi::cli {
namespace {

int code(ending e) { return static_cast<int>(e); }

int refuse(const std::string& words, const CLI::App& app) {
  std::string place = "guanxi";
  for (const CLI::App* chosen : app.get_subcommands()) place += " " + chosen->get_name();
  std::fputs(("guanxi: " + words + "; see `" + place + " --help`\n").c_str(), stderr);
  return code(ending::usage);
}

/// CLI11's sentences, without a stop at the end.
std::string sentence(const CLI::ParseError& why) {
  std::string words = why.what();
  while (!words.empty() && (words.back() == '\n' || words.back() == '.')) words.pop_back();
  return words;
}

/// A word in the place of a command that is none.
void refuse_unknown_command(const CLI::App& app, std::string_view word) {
  nearest_name near(word);
  for (const CLI::App* known : app.get_subcommands({})) {
    if (known->get_name() == word) return;
    near.offer(known->get_name());
  }
  throw usage_error(in_backticks(word) + " is no command" + near.hint());
}

int perform(const deed& chosen) {
  const result<ending> done = chosen();
  if (done) return code(*done);
  tell(done.error());
  return code(done.error().code() == errc::interrupted && interrupt::asked() ? ending::interrupted
                                                                            : ending::failed);
}

int run(int count, char** words) {
  CLI::App app("A CRM in a file: create, fill, ask and keep it. docs/command_line.md has examples.",
               "guanxi");
  app.set_version_flag("--version", "guanxi " GUANXI_VERSION_STRING);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 refused or failed, 2 wrong arguments, 130 stopped by Ctrl-C.");
  deed chosen;
  add_file_commands(app, chosen);
  add_reading_commands(app, chosen);
  add_feeding_commands(app, chosen);
  add_doing_commands(app, chosen);
  add_shell(app, chosen);
  try {
    if (count > 1 && *words[1] != '-') refuse_unknown_command(app, words[1]);
    app.parse(count, words);
    return perform(chosen);
  } catch (const CLI::ParseError& why) {
    if (why.get_exit_code() == 0) return app.exit(why);  // --help and --version
    return refuse(sentence(why), app);
  } catch (const usage_error& why) {
    return refuse(why.what(), app);
  }
}

}  // namespace
}  // namespace guanxi::cli

int main(int count, char** words) {
  std::setlocale(LC_CTYPE, "");
  guanxi::cli::interrupt::install(true);
  try {
    return guanxi::cli::run(count, words);
  } catch (const std::bad_alloc&) {
    std::fputs("guanxi: there is not enough memory\n", stderr);
  } catch (const std::exception& fault) {
    std::fputs((std::string("guanxi: ") + fault.what() + "\n").c_str(), stderr);
  }
  return static_cast<int>(guanxi::cli::ending::failed);
}
