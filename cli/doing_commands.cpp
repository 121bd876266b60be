// Commands that do something: actions, and what is due.
#include "command.hpp"
#include "guanxi/base/json.hpp"
#include "interrupt.hpp"
#include "parameters.hpp"

#include <optional>
#include <set>

namespace guanxi::cli {
namespace {

// ------------------------------------------------------------------------------------ do, actions

struct do_command {
  common_options common;
  actor who;
  answer_options answer;
  std::vector<std::string> given;
  std::string action, cause;
  bool preview = false;
};

result<ending> run_action(const do_command& o) {
  const auto given = parameters_from(o.given, {});
  if (!given) return unexpected(given.error());
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  result<rows> answer = [&]() -> result<rows> {
    result<session> s = act(*crm, o.who);
    if (!s) return passed(s);
    const interrupt::watched now(*s);
    if (auto ok = interrupt::check(); !ok) return passed(ok);
    return s->invoke(o.action, *given, {.preview = o.preview, .cause = o.cause});
  }();
  if (!answer) return passed(answer);
  if (!o.preview)
    if (auto ok = keep(*crm); !ok) return passed(ok);
  if (auto ok = give(*answer, o.answer, o.common); !ok) return passed(ok);
  return ending::done;
}

void fill_do(CLI::App& to, do_command& o) {
  to.add_option("action", o.action, "Its name, such as lead.convert; `guanxi actions` lists them")
      ->required();
  add_actor(to, o.who);
  to.add_option("--set", o.given, "A parameter: name=value; may come again")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  to.add_flag("--preview", o.preview, "Show what would be written, and write nothing");
  to.add_option("--cause", o.cause, "Why, for the change log; default: the action's name");
  add_answer(to, o.answer);
}

struct actions_command {
  common_options common;
  actor who;
  answer_options answer;
  std::string action;
};

/// The actions, a row each, or what one takes and gives.
query::rows told(const rows& all, const actions_command& o) {
  const auto at = [&](std::size_t row, const char* column) {
    return all.at(row, static_cast<std::size_t>(all.column(column)));
  };
  if (!o.action.empty()) {
    listing out({{"role"}, {"name"}, {"kind"}, {"target"}, {"required", value_type::boolean},
                 {"default"}, {"choices"}});
    for (std::size_t i = 0; i < all.size(); ++i)
      if (at(i, "action") == value(o.action) && !at(i, "role").is_null())
        out.add({at(i, "role"), at(i, "name"), at(i, "kind"), at(i, "target"), at(i, "required"),
                 at(i, "default"), at(i, "choices")});
    return out.take();
  }
  listing out({{"action"}, {"label"}, {"writes", value_type::boolean}});
  const char* label = o.common.language == language::chinese ? "label_zh" : "label_en";
  std::set<std::string> seen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (seen.insert(at(i, "action").to_string()).second)
      out.add({at(i, "action"), at(i, label), at(i, "writes")});
  return out.take();
}

result<ending> list_actions(const actions_command& o) {
  result<tenant> crm = open_unchanged(o.common);
  if (!crm) return passed(crm);
  const result<session> s = act(*crm, o.who);
  if (!s) return unexpected(s.error());
  const result<rows> all = s->actions();
  if (!all) return unexpected(all.error());
  if (!o.action.empty()) {
    nearest_name near(o.action);
    bool known = false;
    for (std::size_t i = 0; i < all->size(); ++i) {
      known = known || all->at(i, 0) == value(o.action);
      near.offer(all->at(i, 0).to_string());
    }
    if (!known)
      return unexpected(errc::unknown_name,
                        "no action " + in_backticks(o.action) + near.hint());
  }
  if (auto ok = give(told(*all, o), o.answer, o.common); !ok) return passed(ok);
  return ending::done;
}

void fill_actions(CLI::App& to, actions_command& o) {
  to.add_option("action", o.action, "One of them: what it takes and what it answers");
  add_actor(to, o.who);
  add_answer(to, o.answer);
}

// ------------------------------------------------------------------------------------------- tick

struct tick_command {
  common_options common;
  std::optional<std::int64_t> at_most;
  bool json = false;
};

/// Calls tick until nothing is due any more, or as much is done as was asked for.
result<tick_report> tick_all(const tenant& crm, const tick_command& o) {
  tick_report out;
  progress_line bar(in(o.common.language, "running", "正在执行"), o.common.language,
                    o.common.quiet);
  const progress teller = bar.teller();
  for (;;) {
    tick_options how;
    if (o.at_most) how.at_most = static_cast<std::size_t>(*o.at_most - out.ran);
    const std::int64_t before = out.ran;
    how.on_progress = [&](std::uint64_t done, std::uint64_t total) {
      return teller(static_cast<std::uint64_t>(before) + done, total);
    };
    result<tick_report> done = crm.tick(how);
    if (!done) return done;
    done->ran += before;
    out = std::move(*done);
    const bool all = o.at_most && out.ran >= *o.at_most;
    if (!out.more || out.ran == before || all) return out;
    if (auto ok = interrupt::check(); !ok) return passed(ok);
  }
}

std::string as_json(const tick_report& r) {
  std::string out = "{\"ran\": " + std::to_string(r.ran) +
                    ", \"more\": " + (r.more ? "true" : "false") + ", \"next\": ";
  append_json_value(out, r.next ? value(*r.next) : value());
  out += ", \"failures\": [";
  for (const tick_failure& f : r.failures) {
    if (&f != &r.failures.front()) out += ", ";
    const std::pair<const char*, std::string> members[] = {
        {"timer", f.timer}, {"entity", f.entity}, {"record", std::to_string(f.record.value)},
        {"code", std::string(name(f.why.code()))}, {"message", std::string(f.why.message())}};
    for (const auto& [key, text] : members) {
      out += key == members[0].first ? "{\"" : ", \"";
      out += std::string(key) + "\": ";
      append_json_text(out, text);
    }
    out += "}";
  }
  return out + "]}\n";
}

result<ending> run_tick(const tick_command& o) {
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  const result<tick_report> done = tick_all(*crm, o);
  if (!done) return unexpected(done.error());
  if (auto ok = keep(*crm); !ok) return passed(ok);
  const ending end = done->failures.empty() ? ending::done : ending::failed;
  if (o.json) {
    if (auto ok = print(as_json(*done)); !ok) return passed(ok);
    return end;
  }
  listing out({{"timer"}, {"entity"}, {"record", value_type::reference}, {"why"}});
  for (const tick_failure& f : done->failures)
    out.add({value(f.timer), value(f.entity), value(f.record), value(f.why.message())});
  if (!done->failures.empty())
    if (auto ok = give(out.take(), {.cell_width = 100'000}, o.common); !ok) return passed(ok);
  const std::string next =
      done->next ? done->next->to_string()
                 : std::string(in(o.common.language, "nothing is waiting", "没有待处理的事项"));
  const std::string text =
      o.common.language == language::chinese
          ? "已执行 " + grouped(static_cast<std::uint64_t>(done->ran)) + " 项；下一次：" + next + "\n"
          : grouped(static_cast<std::uint64_t>(done->ran)) + " done; next: " + next + "\n";
  if (auto ok = print(text); !ok) return passed(ok);
  return end;
}

void fill_tick(CLI::App& to, tick_command& o) {
  to.add_option("--at-most", o.at_most, "At most so many; default: all that is due")
      ->check(within(1, 1'000'000));
  add_table_or_json(to, o.json);
}

}  // namespace

void add_doing_commands(CLI::App& to, deed& chosen) {
  add_command<do_command>(to, chosen, "do", "Run an action, such as lead.convert", fill_do,
                          run_action);
  add_command<actions_command>(to, chosen, "actions",
                               "List the actions, or what one of them takes", fill_actions,
                               list_actions);
  add_command<tick_command>(to, chosen, "tick",
                            "Run what is due: reminders, deadlines; 1 if some of it fails",
                            fill_tick, run_tick);
}

}  // namespace guanxi::cli
