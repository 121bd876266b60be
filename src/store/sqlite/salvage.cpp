#include "salvage.hpp"

#include "damaged_file.hpp"
#include "ddl.hpp"
#include "guanxi/base/text_services.hpp"
#include "guanxi/store/change_entry.hpp"
#include "guanxi/store/store.hpp"
#include "store/beside.hpp"
#include "store/inspect.hpp"
#include "store/shown_path.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

namespace guanxi::store::sqlite {

namespace {

using system_table::meta_next_change, system_table::meta_pruned;
constexpr id meta_next_id{1}, meta_catalog{3}, meta_epoch{4};
constexpr std::uint64_t rows_a_transaction = 10'000;

/// The value of a field from what its column holds; null if no field of the kind can hold it.
value value_of(const schema::field& f, const stored_cell& cell) {
  if (cell.holds == stored_cell::kind::text) {
    const bool fits = stored_as(f.type) == value_type::text && !utf8_fault(cell.text) &&
                      cell.text.find('\0') == std::string_view::npos;
    return fits ? value(cell.text) : value();
  }
  if (cell.holds != stored_cell::kind::integer) return {};
  const std::int64_t n = cell.number;
  switch (stored_as(f.type)) {
    case value_type::boolean: return n != 0;
    case value_type::integer: return n;
    case value_type::decimal: return decimal{n, f.scale};
    case value_type::date: return date{static_cast<std::int32_t>(n)};
    case value_type::instant: return instant{n};
    case value_type::reference: return n > 0 ? value(id{n}) : value();
    case value_type::null:
    case value_type::text: break;
  }
  return {};
}

class salvaging {
 public:
  salvaging(std::string into, std::span<const schema::entity_definition> standard,
            const salvage_options& how, const environment& world)
      : into_(std::move(into)), standard_(standard), how_(how), world_(world) {}
  result<salvage_report> run(const std::string& path);

 private:
  using of_entity = salvage_report::entity;
  /// What is known of one entity's records.
  struct tally {
    of_entity counts;
    std::unordered_set<id> kept;
    std::set<id> wanted;  ///< known to have been there, and not found yet
    std::string obstacle;
  };

  void found(part where, std::string_view entity, id record, std::string text);
  result<void> on(std::uint64_t rows);
  std::vector<schema::entity_definition> in_order(
      std::map<id, schema::entity_definition> read) const;
  result<schema::catalog_ptr> describe(damaged_file& from);
  result<void> begin(const std::string& path);
  result<void> between();
  result<void> keep(const schema::entity& e, const found_row& row);
  result<void> walk(damaged_file& from, const schema::entity& e);
  void note_logged(const schema::record& entry);
  result<void> seek(damaged_file& from);
  bool read_whole(const schema::entity_row& table) const;
  result<void> number(id row, std::int64_t at_least);
  result<void> finish();
  result<void> last_look(const std::string& path);

  std::string into_;
  std::span<const schema::entity_definition> standard_;
  const salvage_options& how_;
  const environment& world_;
  salvage_report report_;
  schema::catalog_ptr system_, catalog_;
  std::unique_ptr<driver> target_;
  std::map<std::string, tally, std::less<>> tallies_;
  std::map<std::pair<std::string, id>, bool> logged_;  ///< whether the record is there at the end
  std::map<id, std::int64_t> numbers_;                 ///< of gx_meta
  bool log_whole_ = true;                              ///< no entry of gx_change can be missing
  std::int64_t greatest_id_ = 0, greatest_change_ = 0;
  std::uint64_t done_ = 0;
};

void salvaging::found(part where, std::string_view entity, id record, std::string text) {
  if (report_.findings.size() < how_.max_findings)
    report_.findings.push_back({where, std::string(entity), record, std::move(text)});
  else report_.more = true;
}

result<void> salvaging::on(std::uint64_t rows) {
  done_ += rows;
  constexpr std::uint64_t asked_every = 1024;
  if (rows != 0 && done_ % asked_every != 0) return {};
  if (!how_.on_progress || how_.on_progress(done_, 0)) return {};
  return unexpected(errc::interrupted, "the salvage was cancelled; nothing was kept of it");
}

/// Every definition at the place that it had, for the change log names entities by their places:
/// the library's own where they always stand, and something for what cannot be read.
std::vector<schema::entity_definition> salvaging::in_order(
    std::map<id, schema::entity_definition> read) const {
  std::vector<schema::entity_definition> usual, out;
  for (const schema::entity_definition& d : system_definitions()) usual.push_back(d);
  for (const schema::entity_definition& d : standard_) usual.push_back(d);
  std::set<std::string> known;
  for (const auto& [key, d] : read) known.insert(d.name);
  const std::int64_t last = read.empty() ? 0 : read.rbegin()->first.value;
  for (std::int64_t place = 1; place <= last; ++place) {
    const auto at = static_cast<std::size_t>(place - 1);
    if (const auto there = read.find({place}); there != read.end())
      out.push_back(std::move(there->second));
    else if (at < usual.size() && known.insert(usual[at].name).second)
      out.push_back(usual[at]);
    else
      out.push_back({.name = "x_lost_" + std::to_string(place),
                     .label_en = "Lost " + std::to_string(place),
                     .plural_en = "Lost " + std::to_string(place),
                     .fields = {{.name = "x_name", .label_en = "Name"}}});
  }
  for (const schema::entity_definition& d : usual)
    if (known.insert(d.name).second) out.push_back(d);
  return out;
}

/// The catalog of the file as far as its definitions can be read; the library's own for the rest.
result<schema::catalog_ptr> salvaging::describe(damaged_file& from) {
  const schema::entity& table = *system_->find(system_table::definition.name);
  std::map<id, schema::entity_definition> read;
  const auto take = [&](const found_row& row) -> result<void> {
    const std::size_t content = row.cells.size() - 1;  // the last field of the table
    result<schema::entity_definition> d = schema::entity_from_json(row.cells[content].text);
    if (d && row.sound) read.emplace(row.key, std::move(*d));
    return {};
  };
  result<std::string> obstacle = from.walk(table, take);
  if (!obstacle) return passed(obstacle);
  const schema::entity* only = &table;
  if (!obstacle->empty()) {
    auto leaves = from.leaf_rows(
        {&only, 1}, [&](const schema::entity&, const found_row& row) { return take(row); });
    if (!leaves) return passed(leaves);
  }
  if (read.empty())
    found(part::file, table.name(), {},
          "no definition can be read; custom entities and fields are lost");
  return schema::catalog::compile(in_order(std::move(read)));
}

/// The new store: tables, definitions, and a transaction that is open.
result<void> salvaging::begin(const std::string& path) {
  auto target = open_sqlite({.path = path}, world_);
  if (!target) return passed(target);
  target_ = std::move(*target);
  result<schema::catalog_ptr> nothing = schema::catalog::compile({});
  if (!nothing) return passed(nothing);
  result<std::vector<schema::step>> steps = schema::steps_between(**nothing, *catalog_);
  if (!steps) return passed(steps);
  if (auto ok = target_->begin(); !ok) return ok;
  if (auto ok = target_->migrate(*catalog_, *steps); !ok) return ok;
  const schema::entity& table = *catalog_->find(system_table::definition.name);
  for (const auto& e : catalog_->entities()) {
    schema::record r(catalog_, table);
    r.set(schema::system_slot::id, id{e->number() + 1});
    r.set(table.find("name")->slot, e->name());
    r.set(table.find("content")->slot, schema::to_json(e->definition()));
    if (auto ok = target_->put(r, 0); !ok) return ok;
  }
  return {};
}

result<void> salvaging::between() {
  if (auto ok = target_->commit(); !ok) return ok;
  return target_->begin();
}

/// Writes one row into the new store, if it can be.
result<void> salvaging::keep(const schema::entity& e, const found_row& row) {
  if (auto ok = on(1); !ok) return ok;
  const std::string name(e.name());
  tally& t = tallies_[name];
  if (row.key.value <= 0 || t.kept.contains(row.key)) return {};
  const std::vector<const schema::field*> fields = stored_fields(e);
  if (name == system_table::meta.name) {
    const std::size_t number = system_table::meta["number"].slot;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (fields[i]->slot == number && row.sound) numbers_[row.key] = row.cells[i].number;
    log_whole_ = log_whole_ && row.sound;
    return {};
  }
  schema::record r(catalog_, e);
  for (std::size_t i = 0; i < fields.size(); ++i)
    r.set(fields[i]->slot, value_of(*fields[i], row.cells[i]));
  const std::string shown_name = "`" + name + "` " + std::to_string(row.key.value);
  if (auto put = target_->put(r, 0); !put) {
    const errc why = put.error().code();
    if (why != errc::duplicate && why != errc::conflict) return put;
    t.wanted.erase(row.key);
    ++t.counts.lost;
    found(part::record, name, row.key,
          shown_name + " is lost: another record has a value of it that is unique");
    return {};
  }
  t.kept.insert(row.key);
  t.wanted.erase(row.key);
  ++t.counts.kept;
  if (!row.sound) {
    ++t.counts.doubtful;
    found(part::record, name, row.key, shown_name + " is kept, but is not as it was written");
  }
  if (name == system_table::cursor.name) {  // what somebody has read was there
    const value& read = r.at(system_table::cursor["position"].slot);
    if (read.type() == value_type::integer)
      greatest_change_ = std::max(greatest_change_, read.as_integer());
  }
  if (name == system_table::change.name) {
    greatest_change_ = std::max(greatest_change_, row.key.value);
    note_logged(r);
  } else if (!bare(e)) {
    greatest_id_ = std::max(greatest_id_, row.key.value);
  }
  return ++report_.kept % rows_a_transaction == 0 ? between() : result<void>();
}

/// What an entry of the change log tells of its record: that it was there, or that it was purged.
void salvaging::note_logged(const schema::record& entry) {
  // An entry that cannot be read tells nothing; whose cause it names does not matter here.
  const auto any_word = [](std::uint32_t) { return result<std::string>("a cause"); };
  const result<change_entry> e = unpacked_head(entry, *catalog_, any_word);
  if (!e || e->entity >= catalog_->entities().size()) return;
  logged_[{std::string(catalog_->entities()[e->entity]->name()), e->record}] =
      e->what != change_kind::purge;
}

result<void> salvaging::walk(damaged_file& from, const schema::entity& e) {
  tally& t = tallies_[std::string(e.name())];
  t.counts.name = e.name();
  result<std::string> obstacle =
      from.walk(e, [&](const found_row& row) { return keep(e, row); });
  if (!obstacle) return passed(obstacle);
  t.obstacle = std::move(*obstacle);
  if (e.name() == system_table::change.name) log_whole_ = log_whole_ && from.agrees(e);
  if (!t.obstacle.empty())
    found(part::file, e.name(), {},
          "`" + std::string(e.name()) + "` could not be read whole: " + t.obstacle);
  for (id key : from.indexed(e))
    if (!t.kept.contains(key)) t.wanted.insert(key);
  return {};
}

/// Goes after what no walk has met: by id, then over the leaf pages.
result<void> salvaging::seek(damaged_file& from) {
  for (const auto& [what, there] : logged_) {
    const schema::entity* e = catalog_->find(what.first);
    if (!e || bare(*e)) continue;
    tally& t = tallies_[what.first];
    if (!there) t.wanted.erase(what.second);
    else if (!t.kept.contains(what.second)) t.wanted.insert(what.second);
  }
  bool any = false;
  std::vector<const schema::entity*> all;
  for (const auto& e : catalog_->entities()) {
    tally& t = tallies_[std::string(e->name())];
    for (id key : std::vector<id>(t.wanted.begin(), t.wanted.end())) {
      auto got = from.row(*e, key, [&](const found_row& row) { return keep(*e, row); });
      if (!got) return passed(got);
    }
    any = any || !t.wanted.empty() || !t.obstacle.empty();
    if (e->name() != system_table::definition.name) all.push_back(e.get());
  }
  if (!any) return {};
  // The same record may stand on several pages, of which all but one are left over: the newest.
  struct candidate {
    const schema::entity* of;
    std::int64_t revision;
    std::vector<stored_cell> cells;
    std::vector<std::string> texts;
  };
  std::map<std::pair<std::uint16_t, id>, candidate> newest;
  auto leaves = from.leaf_rows(all, [&](const schema::entity& e, const found_row& row)
                                        -> result<void> {
    tally& t = tallies_[std::string(e.name())];
    if (t.kept.contains(row.key) || (t.obstacle.empty() && !t.wanted.contains(row.key))) return {};
    const std::int64_t revision =
        bare(e) ? 0 : row.cells[schema::system_slot::revision].number;
    candidate& c = newest[{e.number(), row.key}];
    if (c.of && c.revision >= revision) return {};
    c = {&e, revision, {row.cells.begin(), row.cells.end()}, {}};
    c.texts.reserve(c.cells.size());
    for (stored_cell& cell : c.cells)
      if (cell.holds == stored_cell::kind::text)
        cell.text = c.texts.emplace_back(cell.text);
    return on(1);
  });
  if (!leaves) return leaves;
  for (const auto& [at, c] : newest)
    if (auto ok = keep(*c.of, {at.second, c.cells, true}); !ok) return ok;
  return {};
}

/// Whether every row of a table was there and as it was written.
bool salvaging::read_whole(const schema::entity_row& table) const {
  const auto known = tallies_.find(table.name);
  return known != tallies_.end() && known->second.obstacle.empty() &&
         known->second.counts.doubtful == 0 && known->second.counts.lost == 0;
}

result<void> salvaging::number(id row, std::int64_t at_least) {
  schema::record r(catalog_, *catalog_->find(system_table::meta.name));
  r.set(schema::system_slot::id, row);
  r.set(system_table::meta["number"].slot, std::max(numbers_[row], at_least));
  return target_->put(r, 0);
}

/// The counters, above all that was found; then the sums of the report.
result<void> salvaging::finish() {
  // The counter, where it can be read, knows of entries that nothing else tells of.
  greatest_change_ = std::max(greatest_change_, numbers_[meta_next_change] - 1);
  for (const auto& [what, there] : logged_)
    greatest_id_ = std::max(greatest_id_, what.second.value);
  if (auto ok = number(meta_next_id, greatest_id_ + 1); !ok) return ok;
  if (auto ok = number(meta_next_change, greatest_change_ + 1); !ok) return ok;
  if (auto ok = number(meta_catalog, 1); !ok) return ok;
  if (auto ok = number(meta_epoch, 1); !ok) return ok;
  // Where entries may be missing, the past is not told, rather than told wrongly.
  if (!log_whole_ || !read_whole(system_table::change) || !read_whole(system_table::meta)) {
    found(part::log, system_table::change.name, {},
          "the change log may lack entries, so nothing before now can be read as it was, and feeds "
          "start anew");
    if (auto ok = number(meta_pruned, greatest_change_); !ok) return ok;
  } else if (numbers_.contains(meta_pruned)) {
    if (auto ok = number(meta_pruned, 0); !ok) return ok;
  }
  if (auto ok = target_->commit(); !ok) return ok;
  for (auto& [name, t] : tallies_) {
    for (id key : t.wanted)
      found(part::record, name, key, "`" + name + "` " + std::to_string(key.value) + " is lost");
    t.counts.name = name;
    t.counts.lost += t.wanted.size();
    report_.lost += t.counts.lost;
    report_.doubtful += t.counts.doubtful;
    if (t.counts.kept + t.counts.lost != 0) report_.entities.push_back(t.counts);
  }
  return {};
}

/// What the new store contradicts itself in: references to what is lost, above all.
result<void> salvaging::last_look(const std::string& path) {
  target_.reset();
  auto made = open_sqlite({.path = path, .create = false, .read_only = true}, world_);
  if (!made) return passed(made);
  const verify_options how{.max_findings = how_.max_findings, .on_progress = how_.on_progress};
  inspection seen(how);
  if (auto ok = inspect(**made, system_, seen); !ok) return ok;
  for (finding& f : seen.result().findings)
    found(f.where, f.entity, f.record, std::move(f.text));
  return {};
}

result<salvage_report> salvaging::run(const std::string& path) {
  result<schema::catalog_ptr> system = schema::catalog::compile(system_definitions());
  if (!system) return passed(system);
  system_ = std::move(*system);
  result<beside> to = beside::of(into_);
  if (!to) return passed(to);
  auto from = damaged_file::copy_of(path, to->path() + "-damaged", world_);
  if (!from) return passed(from);
  result<schema::catalog_ptr> catalog = describe(**from);
  if (!catalog) return passed(catalog);
  catalog_ = std::move(*catalog);
  if (auto ok = begin(to->path()); !ok) return passed(ok);
  for (const auto& e : catalog_->entities())
    if (e->name() != system_table::definition.name)
      if (auto ok = walk(**from, *e); !ok) return passed(ok);
  if (auto ok = seek(**from); !ok) return passed(ok);
  if (report_.kept == 0)
    return unexpected(errc::not_a_database, "nothing of a store can be read in " + shown(path) +
                                                "; nothing was made of it");
  if (auto ok = finish(); !ok) return passed(ok);
  if (auto ok = last_look(to->path()); !ok) return passed(ok);
  if (how_.on_report) how_.on_report(report_);
  if (auto ok = to->take_place(); !ok) return passed(ok);
  return std::move(report_);
}

}  // namespace

result<salvage_report> salvage(const std::string& path, const std::string& into,
                               std::span<const schema::entity_definition> standard,
                               const salvage_options& how, const environment& world) {
  if (how.max_findings < 1 || how.max_findings > 1'000'000)
    return unexpected(errc::invalid_argument, "`max_findings` must be 1 to 1,000,000");
  result<content> given = look_at(path), there = look_at(into);
  if (!given) return passed(given);
  if (!there) return passed(there);
  if (*given == content::nothing)
    return unexpected(errc::file_missing, "no file " + shown(path) + "; check the path");
  if (*given == content::memory_store)
    return unexpected(errc::unsupported, shown(path) + " is a memory store's snapshot, which is "
                                                       "whole or nothing; restore a backup");
  if (*there != content::nothing)
    return unexpected(errc::duplicate, "nothing was salvaged, since there is a file " +
                                           shown(into) + "; choose another path");
  return salvaging(into, standard, how, world).run(path);
}

}  // namespace guanxi::store::sqlite
