// Commands that bring records in and carry changes out.
#include "command.hpp"
#include "guanxi/base/json.hpp"
#include "guanxi/edge/csv.hpp"
#include "guanxi/edge/import.hpp"
#include "guanxi/session/feed.hpp"
#include "interrupt.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace guanxi::cli {
namespace {

namespace fs = std::filesystem;

// ---------------------------------------------------------------------------------------- import

struct import_command {
  common_options common;
  actor who;
  std::string mapping, folder = ".";
  bool dry = false, json = false;
};

/// A folder of its own that goes with the object.
class scratch_folder {
 public:
  static result<scratch_folder> make() {
    std::error_code failed;
    std::string name = (fs::temp_directory_path(failed) / "guanxi-XXXXXX").string();
    if (failed || !mkdtemp(name.data()))
      return unexpected(errc::store_io, "could not make a folder for the dry run; TMPDIR names "
                                        "where it may be");
    return scratch_folder(std::move(name));
  }
  scratch_folder(scratch_folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  scratch_folder& operator=(scratch_folder&&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const noexcept { return path_; }

 private:
  explicit scratch_folder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : ", ") + w;
  return out;
}

query::rows table_of(const edge::import_report& report) {
  listing out({{"file"}, {"rows", value_type::integer}, {"record"},
               {"created", value_type::integer}, {"updated", value_type::integer},
               {"unchanged", value_type::integer}, {"repeated", value_type::integer},
               {"skipped", value_type::integer}, {"unused columns"}});
  for (const edge::import_report::file& f : report.files)
    for (const edge::import_count& c : f.records)
      out.add({value(f.name), value(f.rows), value(c.record), value(c.created), value(c.updated),
               value(c.unchanged), value(c.repeated), value(c.skipped),
               f.unused_columns.empty() ? value() : value(joined(f.unused_columns))});
  return out.take();
}

result<edge::import_report> import_into(const import_command& o, const tenant& crm,
                                        const std::string& mapping) {
  result<session> s = act(crm, o.who);
  if (!s) return passed(s);
  progress_line bar(in(o.common.language, "importing", "正在导入"), o.common.language,
                    o.common.quiet);
  const interrupt::watched now(*s);
  return edge::import_files(*s, mapping, o.folder, {.on_progress = bar.teller()});
}

/// On a copy: nobody waits for it, and fields that the mapping defines are tried, too.
result<edge::import_report> try_import(const import_command& o, const tenant& crm,
                                       const std::string& mapping) {
  result<scratch_folder> folder = scratch_folder::make();
  if (!folder) return passed(folder);
  const std::string copy = folder->path() + "/copy";
  {
    progress_line bar(in(o.common.language, "copying", "正在复制"), o.common.language,
                      o.common.quiet);
    if (auto made = crm.backup(copy, {.on_progress = bar.teller()}); !made) return passed(made);
  }
  result<tenant> there = open_file({.file = copy});
  if (!there) return passed(there);
  return import_into(o, *there, mapping);
}

result<ending> run_import(const import_command& o) {
  const result<std::string> mapping = edge::read_file(o.mapping);
  if (!mapping) return unexpected(mapping.error());
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  const result<edge::import_report> report =
      o.dry ? try_import(o, *crm, *mapping) : import_into(o, *crm, *mapping);
  if (!report) {
    tell(report.error());
    if (!interrupt::asked())
      std::fputs("guanxi: no row was written\n", stderr);
    return interrupt::asked() ? ending::interrupted : ending::failed;
  }
  if (!o.dry)
    if (auto ok = keep(*crm); !ok) return passed(ok);
  const result<void> told = o.json ? print(edge::to_json(*report) + "\n")
                                   : give(table_of(*report), {}, o.common);
  if (!told) return unexpected(told.error());
  if (o.dry)
    std::fputs("guanxi: this was a dry run, and nothing was written\n", stderr);
  return ending::done;
}

void fill_import(CLI::App& to, import_command& o) {
  to.add_option("folder", o.folder, "Where the CSV files are; default: here");
  to.add_option("-m,--mapping", o.mapping, "File of the mapping's JSON (docs/import.md)")
      ->required();
  to.add_flag("--dry-run", o.dry, "Import into a copy that is thrown away");
  add_actor(to, o.who);
  add_table_or_json(to, o.json);
}

// --------------------------------------------------------------------------------------- changes

struct changes_command {
  common_options common;
  actor who;
  std::string cursor;
  feed_options how;
  std::size_t most = 0;
  bool peek = false, listed = false, dropped = false;
};

json id_or_null(id of) {
  return of.value == 0 ? json() : json::make_text(std::to_string(of.value));
}

std::string line_of(const history_entry& e) {
  std::string out = "{\"sequence\": " + std::to_string(e.sequence) +
                    ", \"batch\": " + std::to_string(e.batch) + ", \"action\": ";
  append_json_text(out, e.action);
  out += ", \"entity\": ";
  append_json_text(out, e.entity);
  out += ", \"record\": " + id_or_null(e.record).dump() + ", \"at\": ";
  append_json_value(out, e.at.microseconds == 0 ? value() : value(e.at));
  out += ", \"user\": " + id_or_null(e.user).dump() + ", \"cause\": ";
  append_json_text(out, e.cause);
  out += ", \"fields\": {";
  for (const history_entry::field& f : e.fields) {
    if (&f != &e.fields.front()) out += ", ";
    append_json_text(out, f.name);
    out += ": {\"before\": ";
    append_json_value(out, f.before);
    out += ", \"after\": ";
    append_json_value(out, f.after);
    out += "}";
  }
  return out + "}}\n";
}

/// Writes changes and then acknowledges them: who dies in between gets them again.
result<void> carry_out(const changes_command& o, feed& from) {
  constexpr std::size_t at_once = 500;
  std::size_t left = o.most ? o.most : SIZE_MAX;
  while (left > 0 && !interrupt::asked()) {
    result<std::vector<history_entry>> some = from.next(std::min(left, at_once));
    if (!some) return passed(some);
    if (some->empty()) return {};
    std::string text;
    for (const history_entry& e : *some) text += line_of(e);
    if (auto ok = print(text); !ok) return ok;
    if (!o.peek)
      if (auto ok = from.acknowledge(); !ok) return ok;
    left -= some->size();
  }
  return {};
}

result<void> list_cursors(const changes_command& o, const session& s) {
  const result<std::vector<feed_cursor>> all = s.cursors();
  if (!all) return unexpected(all.error());
  listing out({{"cursor"}, {"user", value_type::reference},
               {"acknowledged", value_type::integer}, {"moved_at", value_type::instant}});
  for (const feed_cursor& c : *all)
    out.add({value(c.name), c.user.value == 0 ? value() : value(c.user), value(c.acknowledged),
             value(c.moved_at)});
  return give(out.take(), {}, o.common);
}

result<void> follow(const changes_command& o, session& s) {
  if (o.listed) return list_cursors(o, s);
  if (o.dropped) return s.drop_cursor(o.cursor);
  result<feed> from = s.feed(o.cursor, o.how);
  if (!from) return passed(from);
  return carry_out(o, *from);
}

result<ending> run_changes(const changes_command& o) {
  if (o.listed == !o.cursor.empty())
    throw usage_error("`changes` takes --cursor NAME, or --cursors to list them");
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  result<session> s = act(*crm, o.who);
  if (!s) return passed(s);
  const interrupt::watched now(*s);
  if (auto ok = follow(o, *s); !ok) return passed(ok);
  if (!o.peek && !o.listed)
    if (auto ok = keep(*crm); !ok) return passed(ok);
  return interrupt::asked() ? ending::interrupted : ending::done;
}

void fill_changes(CLI::App& to, changes_command& o) {
  add_actor(to, o.who);
  to.add_option("--cursor", o.cursor, "Name of the reader: what it was given does not come again");
  to.add_flag("--cursors", o.listed, "List the cursors");
  to.add_flag("--drop", o.dropped, "Forget the cursor");
  to.add_flag("--peek", o.peek, "Leave the cursor where it is");
  to.add_option("--limit", o.most, "At most so many changes; default: all")
      ->check(within(1, 1'000'000'000));
  to.add_option("--start-after", o.how.start_after,
                "Where a new cursor begins: after this sequence; default: with the first change")
      ->check(within(0, INT64_MAX));
  const auto repeated = [&](const char* name, std::vector<std::string>& into, const char* what) {
    to.add_option(name, into, what)->take_all()->expected(1)->allow_extra_args(false);
  };
  repeated("--entity", o.how.entities, "Changes of this entity; may be given again");
  repeated("--field", o.how.fields, "Changes of this field, or entity.field; may be given again");
  repeated("--action", o.how.actions,
           "create, edit, delete, restore or purge; may be given again");
}

}  // namespace

void add_feeding_commands(CLI::App& to, deed& chosen) {
  add_command<import_command>(to, chosen, "import", "Import CSV files by a mapping", fill_import,
                              run_import);
  add_command<changes_command>(to, chosen, "changes",
                               "Give what was changed since last time, as JSON lines", fill_changes,
                               run_changes);
}

}  // namespace guanxi::cli
