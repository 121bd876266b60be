// The commands of the program. Each adds its words to the reader of arguments and, when it is the
// chosen one, leaves what it does in `chosen`.
#pragma once

#include "answer.hpp"
#include "failure.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace guanxi::cli {

/// What a command does, once all arguments are read.
using deed = std::function<result<ending>()>;

void add_file_commands(CLI::App& to, deed& chosen);     // create verify salvage backup restore info
void add_reading_commands(CLI::App& to, deed& chosen);  // query report explain schema search
void add_feeding_commands(CLI::App& to, deed& chosen);  // import changes
void add_doing_commands(CLI::App& to, deed& chosen);    // do actions tick
void add_shell(CLI::App& to, deed& chosen);

/// Adds an option that takes one of these words.
template <class T>
CLI::Option* add_word(CLI::App& to, const std::string& name, T& into,
                      std::vector<std::pair<std::string, T>> words, const std::string& purpose) {
  const auto take = [&into, name, words = std::move(words)](const std::string& given) {
    std::string known;
    for (const auto& [word, meaning] : words) {
      if (word == given) {
        into = meaning;
        return;
      }
      known += (known.empty() ? "" : word == words.back().first ? " or " : ", ") + word;
    }
    throw usage_error(in_backticks(given) + " is no word for " + in_backticks(name) +
                      "; it takes " + known);
  };
  return to.add_option_function<std::string>(name, take, purpose)->type_name("WORD");
}
/// Within a range, both ends included, which the purpose tells.
inline CLI::Validator within(std::int64_t least, std::int64_t most) {
  return CLI::Range(least, most).description("");
}

/// Adds --file, --read-only, --language and --quiet.
void add_common(CLI::App& to, common_options& how);
/// Adds --as and --system; one of them must be given.
void add_actor(CLI::App& to, actor& who);
/// Adds --format (of these words), --output and --width.
void add_answer(CLI::App& to, answer_options& how);
/// Adds --format with the words table and json.
void add_table_or_json(CLI::App& to, bool& json);

struct parameter_options {
  std::vector<std::string> single, lists;
};
/// Adds --set and --list.
void add_parameters(CLI::App& to, parameter_options& given);

/// Makes a subcommand; its options, which `fill` adds and `run` takes, live as long as the program.
template <class Options, class Fill, class Run>
void add_command(CLI::App& to, deed& chosen, const std::string& name, const std::string& purpose,
                 Fill&& fill, Run run) {
  const auto options = std::make_shared<Options>();
  options->common.language = locale_language();
  CLI::App* command = to.add_subcommand(name, purpose);
  add_common(*command, options->common);
  fill(*command, *options);
  command->callback([options, run, &chosen] { chosen = [options, run] { return run(*options); }; });
}

}  // namespace guanxi::cli
