// Commands about the file as such: nobody acts.
#include "command.hpp"
#include "guanxi/base/json.hpp"
#include "guanxi/edge/keeping.hpp"
#include "guanxi/edge/sample.hpp"
#include "guanxi/session/keeping.hpp"
#include "interrupt.hpp"
#include "sight.hpp"

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace guanxi::cli {
namespace {

namespace fs = std::filesystem;

value count(std::uint64_t n) { return value(static_cast<std::int64_t>(n)); }

std::uint64_t size_of(const std::string& path) {
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(path, missing);
  return missing ? 0 : size;
}

// ---------------------------------------------------------------------------------------- create

struct create_options {
  common_options common;
  bool memory = false;
  std::string currency = "USD";
  std::string login = "admin", name;
  std::int64_t sample = 0;
  std::uint64_t seed = 1;
};

/// Takes away what was begun, unless it was finished.
class begun_file {
 public:
  explicit begun_file(std::string path) : path_(std::move(path)) {}
  begun_file(const begun_file&) = delete;
  begun_file& operator=(const begun_file&) = delete;
  ~begun_file() {
    if (finished_) return;
    for (const char* tail : {"", "-wal", "-shm", "-journal", "-lock"}) {
      std::error_code ignored;
      fs::remove(path_ + tail, ignored);
    }
  }
  void finish() noexcept { finished_ = true; }

 private:
  std::string path_;
  bool finished_ = false;
};

/// The administrator that a new store has gets the login and name that were asked for.
result<void> name_administrator(session& s, const create_options& o) {
  if (o.login == "admin" && o.name.empty()) return {};
  const result<rows> found = s.query("select id from user where login = 'admin'");
  if (!found) return unexpected(found.error());
  result<schema::draft> d = s.draft("user");
  if (!d) return passed(d);
  d->set("login", value(o.login));
  if (!o.name.empty()) d->set("name", value(o.name));
  if (auto changed = s.change(found->at(0, 0).as_id(), *d); !changed) return passed(changed);
  return {};
}

result<void> make_sample(session& s, const create_options& o) {
  progress_line bar(in(o.common.language, "making up", "正在生成"), o.common.language,
                    o.common.quiet);
  const interrupt::watched now(s);
  result<edge::sample_summary> made = edge::generate_sample(
      s, {.seed = o.seed, .opportunities = o.sample, .on_progress = bar.teller()});
  if (!made) return passed(made);
  return {};
}

/// Opens a new store; the options are those of a path where nothing is.
result<void> furnish(const create_options& o) {
  result<tenant> made = open(o.common.file, {.store = o.memory ? store_kind::memory
                                                               : store_kind::sqlite,
                                             .base_currency = o.currency});
  if (!made) return passed(made);
  session s = made->as_system("guanxi create");
  if (auto ok = name_administrator(s, o); !ok) return ok;
  if (o.sample > 0)
    if (auto ok = make_sample(s, o); !ok) return ok;
  return keep(*made);
}

result<ending> create(const create_options& o) {
  if (content_of(o.common.file) != content::nothing)
    return unexpected(errc::duplicate, "there is something at " + in_backticks(o.common.file) +
                                           " already; choose another path");
  begun_file file(o.common.file);
  if (auto ok = furnish(o); !ok) return passed(ok);
  file.finish();
  const std::string_view text = in(o.common.language, "administrator: ", "管理员：");
  if (auto ok = print(std::string(text) + o.login + "\n"); !ok) return passed(ok);
  return ending::done;
}

void fill(CLI::App& to, create_options& o) {
  to.add_flag("--memory", o.memory, "A snapshot file of a memory store, in place of SQLite");
  to.add_option("--currency", o.currency, "Base currency, ISO 4217; default: USD");
  to.add_option("--admin", o.login, "Login of the administrator; default: admin");
  to.add_option("--admin-name", o.name, "The administrator's name");
  CLI::Option* sample =
      to.add_option("--sample", o.sample, "Make up a company with so many opportunities")
          ->check(within(1, 10'000'000));
  to.add_option("--seed", o.seed, "Of the made-up company; default: 1")->needs(sample);
}

// ------------------------------------------------------------------------------ verify and salvage

struct finding_options {
  common_options common;
  std::string into;
  std::size_t most = 1000;
  bool json = false;
};

query::rows table_of(const std::vector<store::finding>& findings) {
  listing out({{"part"}, {"entity"}, {"record", value_type::reference}, {"text"}});
  for (const store::finding& f : findings)
    out.add({value(store::name(f.where)), f.entity.empty() ? value() : value(f.entity),
             f.record.value == 0 ? value() : value(f.record), value(f.text)});
  return out.take();
}

result<void> give_findings(const std::vector<store::finding>& findings, bool more,
                           const finding_options& o) {
  if (findings.empty()) return {};
  if (auto ok = give(table_of(findings), {.cell_width = 100'000}, o.common); !ok) return ok;
  return more ? print(in(o.common.language, "and more; --max-findings shows them\n",
                         "还有更多；用 --max-findings 查看\n"))
              : result<void>();
}

result<store::verification> check(const finding_options& o) {
  result<tenant> crm = open_unchanged(o.common);  // what opening would repair is to be seen
  if (!crm) return passed(crm);
  progress_line bar(in(o.common.language, "checking", "正在检查"), o.common.language,
                    o.common.quiet);
  return crm->verify({.max_findings = o.most, .on_progress = bar.teller()});
}

result<ending> verify(const finding_options& o) {
  const result<store::verification> seen = check(o);
  if (!seen) return unexpected(seen.error());
  const ending end = seen->sound() ? ending::done : ending::failed;
  if (o.json) {
    if (auto ok = print(edge::to_json(*seen) + "\n"); !ok) return passed(ok);
    return end;
  }
  if (auto ok = give_findings(seen->findings, seen->more, o); !ok) return passed(ok);
  const std::string records = grouped(seen->records), sequence = std::to_string(seen->sequence);
  const std::string text =
      o.common.language == language::chinese
          ? std::string(seen->sound() ? "完好" : "有损坏") + "：读取 " + records +
                " 条记录，截至变更 " + sequence + "\n"
          : std::string(seen->sound() ? "sound" : "damaged") + ": " + records +
                " records read, up to change " + sequence + "\n";
  if (auto ok = print(text); !ok) return passed(ok);
  return end;
}

result<store::salvage_report> rescue(const finding_options& o) {
  progress_line bar(in(o.common.language, "reading", "正在读取"), o.common.language,
                    o.common.quiet);
  return salvage(o.common.file, o.into, {.max_findings = o.most, .on_progress = bar.teller()});
}

result<ending> salvage_file(const finding_options& o) {
  const result<store::salvage_report> made = rescue(o);
  if (!made) return unexpected(made.error());
  if (o.json) {
    if (auto ok = print(edge::to_json(*made) + "\n"); !ok) return passed(ok);
    return ending::done;
  }
  listing out({{"entity"}, {"kept", value_type::integer}, {"doubtful", value_type::integer},
               {"lost", value_type::integer}});
  for (const store::salvage_report::entity& e : made->entities)
    out.add({value(e.name), count(e.kept), count(e.doubtful), count(e.lost)});
  out.add({value(in(o.common.language, "in all", "合计")), count(made->kept),
           count(made->doubtful), count(made->lost)});
  if (auto ok = give(out.take(), {}, o.common); !ok) return passed(ok);
  if (auto ok = give_findings(made->findings, made->more, o); !ok) return passed(ok);
  return ending::done;
}

void fill_findings(CLI::App& to, finding_options& o) {
  to.add_option("--max-findings", o.most, "How many are told, 1 to 1,000,000; default: 1,000")
      ->check(within(1, 1'000'000));
  add_table_or_json(to, o.json);
}

// ------------------------------------------------------------------------------ backup and restore

struct copy_options {
  common_options common;
  std::string other;
  bool overwrite = false, json = false;
};

result<ending> told(const result<store::backup_report>& made, const copy_options& o) {
  if (!made) return unexpected(made.error());
  const std::string records = grouped(made->records), bytes = grouped(made->bytes);
  const std::string sequence = std::to_string(made->sequence);
  std::string text = edge::to_json(*made) + "\n";
  if (!o.json)
    text = o.common.language == language::chinese
               ? "记录 " + records + " 条，" + bytes + " 字节，截至变更 " + sequence + "\n"
               : records + " records, " + bytes + " bytes, up to change " + sequence + "\n";
  if (auto ok = print(text); !ok) return passed(ok);
  return ending::done;
}

result<ending> backup(const copy_options& o) {
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  const auto made = [&] {
    progress_line bar(in(o.common.language, "copying", "正在复制"), o.common.language,
                      o.common.quiet);
    return crm->backup(o.other, {.on_progress = bar.teller()});
  };
  return told(made(), o);
}

result<ending> bring_back(const copy_options& o) {
  const auto made = [&] {
    progress_line bar(in(o.common.language, "restoring", "正在恢复"), o.common.language,
                      o.common.quiet);
    return restore(o.other, o.common.file,
                   {.overwrite = o.overwrite, .on_progress = bar.teller()});
  };
  return told(made(), o);
}

// ------------------------------------------------------------------------------------------ info

struct info_options {
  common_options common;
  bool json = false;
};

struct property {
  std::string_view name, en, zh;
  value content;
};

result<std::vector<property>> properties_of(const info_options& o) {
  result<tenant> crm = open_unchanged(o.common);
  if (!crm) return passed(crm);
  const session s = crm->as_system("guanxi info");
  const result<std::int64_t> last = s.last_change();
  if (!last) return unexpected(last.error());
  const result<rows> zone = s.query("select content from setting where name = 'time_zone'");
  if (!zone) return unexpected(zone.error());
  const result<sight> seen = look(s);
  if (!seen) return unexpected(seen.error());
  std::int64_t standard = 0, custom = 0;
  for (const sight::entity& e : seen->entities)
    if (e.of->custom()) ++custom;
    else standard += !e.of->name().starts_with("gx_");  // the store's own tables
  return std::vector<property>{
      {"library", "library", "库版本", value(GUANXI_VERSION_STRING)},
      {"store", "store", "存储", value(crm->store_name())},
      {"bytes", "bytes", "字节", count(size_of(o.common.file))},
      {"log_bytes", "bytes of its log", "日志字节", count(size_of(o.common.file + "-wal"))},
      {"last_change", "last change", "最后变更", value(*last)},
      {"standard_entities", "standard entities", "标准实体", value(standard)},
      {"custom_entities", "custom entities", "自定义实体", value(custom)},
      {"base_currency", "base currency", "本位币", value(s.base_currency())},
      {"time_zone", "time zone", "时区", zone->empty() ? value("UTC") : zone->at(0, 0)}};
}

result<ending> info(const info_options& o) {
  const result<std::vector<property>> found = properties_of(o);
  if (!found) return unexpected(found.error());
  std::string text;
  for (const property& p : *found) {
    if (o.json) {
      text += text.empty() ? "{" : ", ";
      append_json_text(text, p.name);
      text += ": ";
      append_json_value(text, p.content);
    } else {
      text += std::string(in(o.common.language, p.en, p.zh)) +
              std::string(in(o.common.language, ": ", "：")) + p.content.to_string() + "\n";
    }
  }
  if (auto ok = print(o.json ? text + "}\n" : text); !ok) return passed(ok);
  return ending::done;
}

}  // namespace

void add_file_commands(CLI::App& to, deed& chosen) {
  add_command<create_options>(to, chosen, "create",
                              "Make a new store with the standard CRM and its administrator", fill,
                              create);
  add_command<finding_options>(to, chosen, "verify",
                               "Check records, indices and change log; 1 if something is damaged",
                               fill_findings, verify);
  add_command<finding_options>(
      to, chosen, "salvage", "Read what can be read of a damaged SQLite store into a new one",
      [](CLI::App& command, finding_options& o) {
        command.add_option("into", o.into, "Path of the new store")->required();
        fill_findings(command, o);
      },
      salvage_file);
  add_command<copy_options>(
      to, chosen, "backup", "Make a verified copy of one moment while others work",
      [](CLI::App& command, copy_options& o) {
        command.add_option("to", o.other, "Path of the copy")->required();
        add_table_or_json(command, o.json);
      },
      backup);
  add_command<copy_options>(
      to, chosen, "restore", "Put a verified copy of a backup at --file",
      [](CLI::App& command, copy_options& o) {
        command.add_option("backup", o.other, "Path of the backup")->required();
        command.add_flag("--overwrite", o.overwrite, "Replace the store that is there");
        add_table_or_json(command, o.json);
      },
      bring_back);
  add_command<info_options>(
      to, chosen, "info", "Tell what a store is: kind, sizes, last change, calendar",
      [](CLI::App& command, info_options& o) { add_table_or_json(command, o.json); }, info);
}

}  // namespace guanxi::cli
