// M1 to M4 and R1: the memory store beside containers and columns written by hand. The structure
// is what the store keeps its records in; the store takes them in transactions; the session has
// rules, validation and log.
#include "goals.hpp"

#include "by_hand/columns.hpp"
#include "by_hand/multi_index.hpp"
#include "query/columns/column_table.hpp"
#include "shop.hpp"

#include <algorithm>
#include <optional>

namespace guanxi::bench {
namespace {

using query::column_table;
using query::row_number;

constexpr const char* report_text =
    "select region, stage, year(close_date) as y, month(close_date) as m, sum(amount) as total, "
    "count() as deals from x_deal group by region, stage, year(close_date), month(close_date) "
    "order by region, stage, y, m";

std::uint64_t count_of(std::size_t rows) {
  digest out;
  out.add(static_cast<std::int64_t>(rows));
  return out.value();
}

/// Another place for a deal, the same on both sides, different in each round.
struct move {
  std::int64_t id;
  std::int32_t close_date;
  std::uint8_t stage;
};
std::vector<move> moves(const deals& all, std::size_t count, std::int64_t round) {
  std::vector<move> out;
  const std::size_t size = all.list.size();
  for (std::size_t i = 0; i < count; ++i) {
    const deal& d = all.list[(i * 7'919 + static_cast<std::size_t>(round) * 104'729) % size];
    const auto n = static_cast<std::int64_t>(i) + round;
    out.push_back({d.id, 19'400 + static_cast<std::int32_t>(n * 37 % 1'000),
                   static_cast<std::uint8_t>(n % 10)});
  }
  return out;
}

/// Deals beyond those that are loaded, with ids from `first` on.
std::vector<deal> fresh(const deals& all, std::size_t count, std::int64_t first) {
  std::vector<deal> out;
  for (std::size_t i = 0; i < count; ++i) {
    deal d = all.list[i % all.list.size()];
    d.id = first + static_cast<std::int64_t>(i);
    out.push_back(std::move(d));
  }
  return out;
}

class structure {
 public:
  explicit structure(const shop& of)
      : slots_(of.slots()), table_(std::make_unique<column_table>(of.deals_entity())),
        scratch_(of.catalog(), of.deals_entity()) {}

  void append(const deal& d) {
    fill(scratch_, slots_, d, 1);
    table_->append(scratch_);
  }
  void settle() { table_->settle(); }
  void move_to(const move& m) {
    const row_number row = table_->find(id{m.id});
    table_->fill(row, scratch_);
    scratch_.set(slots_.close_date, date{m.close_date});
    scratch_.set(slots_.stage, stages[m.stage]);
    table_->replace(row, scratch_);
  }
  void owner_sum(std::int64_t owner, digest& into) {
    collect(owner);
    const query::cells& amounts = table_->column(slots_.amount);
    std::int64_t sum = 0;
    const auto add_all = [&](auto* codes) {
      for (row_number row : found_) sum += amounts.integer(codes[row]);
    };
    if (amounts.width() == 4) add_all(amounts.codes<std::uint32_t>());
    else if (amounts.width() == 2) add_all(amounts.codes<std::uint16_t>());
    else for (row_number row : found_) sum += amounts.integer(amounts.code(row));
    into.add(sum);
    into.add(static_cast<std::int64_t>(found_.size()));
  }
  void owner_by_date(std::int64_t owner, digest& into) {
    collect(owner);
    // Rows come by number, which is by id: only the dates are left to sort by.
    const query::cells& dates = table_->column(slots_.close_date);
    dated_.clear();
    for (row_number row : found_)
      dated_.push_back(dates.code(row) << 32 | row);
    std::sort(dated_.begin(), dated_.end());
    const query::cells& ids = table_->column(schema::system_slot::id);
    for (std::uint64_t each : dated_)
      into.add(ids.integer(ids.code(static_cast<row_number>(each & 0xffff'ffff))));
  }
  const column_table& table() const { return *table_; }

 private:
  void collect(std::int64_t owner) {
    found_.clear();
    const value key = id{owner};
    table_->index(schema::system_slot::owner)
        ->collect({.low = &key, .high = &key}, false, query::no_row, nullptr, found_);
  }

  const deal_slots& slots_;
  std::unique_ptr<column_table> table_;
  schema::record scratch_;
  std::vector<row_number> found_;
  std::vector<std::uint64_t> dated_;
};

class memory_goals {
 public:
  memory_goals(const settings& how, book& into)
      : how_(how), book_(into), all_(make_deals(how.rows)), shop_(store_kind::memory, "") {
    shop_.furnish(all_);
  }

  void run() {
    if (how_.wants("M1")) bulk_loads();
    if (how_.wants("M1") || how_.wants("M2") || how_.wants("M3")) in_full();
    if (how_.wants("M1")) single_inserts();
    if (how_.wants("M3")) scans(), updates();
    if (how_.wants("R1")) first_reports();
    if (how_.wants("M4") || how_.wants("R1")) reports();
  }

 private:
  comparison named(const char* goal, const char* part, std::size_t items) const {
    return {.goal = goal, .part = part, .items = static_cast<std::int64_t>(items), .ours = {},
            .theirs = {}, .pairs = how_.pairs};
  }

  side container_of(std::size_t count) const {
    side s;
    s.prepare = [this] { loaded_.reset(); };
    s.work = [this, count] {
      loaded_.emplace();
      for (std::size_t i = 0; i < count; ++i) loaded_->insert(all_.list[i]);
      return count_of(loaded_->size());
    };
    return s;
  }

  void bulk_loads() {
    const std::size_t all = all_.list.size();
    comparison c = named("M1", "bulk load, structure", all);
    std::optional<structure> made;
    c.theirs = container_of(all);
    c.ours.prepare = [&] { made.reset(); };
    c.ours.work = [&] {
      made.emplace(shop_);
      for (const deal& d : all_.list) made->append(d);
      made->settle();
      return count_of(made->table().rows());
    };
    book_.compare(c);
    made.reset();

    c = named("M1", "bulk load, bare store", all);
    c.theirs = container_of(all);
    std::optional<shop> fresh_shop;
    c.ours.prepare = [&] {
      fresh_shop.reset();
      fresh_shop.emplace(store_kind::memory, "");
    };
    c.ours.work = [&] {
      fresh_shop->load(all_.list);
      return counted(*fresh_shop);
    };
    book_.compare(c);

    const std::size_t some = std::min<std::size_t>(all, 100'000);
    c = named("M1", "bulk load, with rules", some);
    c.theirs = container_of(some);
    c.ours.prepare = [&] {
      fresh_shop.reset();
      fresh_shop.emplace(store_kind::memory, "");
      fresh_shop->furnish(all_);
    };
    c.ours.work = [&] {
      session& s = fresh_shop->system();
      need(s.begin());
      for (std::size_t i = 0; i < some; ++i)
        need(s.create(draft_of(fresh_shop->deals_entity(), fresh_shop->slots(), all_.list[i])));
      need(s.commit());
      return counted(*fresh_shop);
    };
    book_.compare(c);
    loaded_.reset();
  }

  std::uint64_t counted(shop& in) const {
    const rows r = need(in.system().query("select count() from x_deal"));
    return count_of(static_cast<std::size_t>(r.at(0, 0).as_integer()));
  }

  /// All deals in each place, for what follows; what they weigh is measured on the way.
  void in_full() {
    const auto per_record = [&](std::size_t before) {
      return static_cast<double>(heap_bytes() - before) / static_cast<double>(all_.list.size());
    };
    std::size_t before = heap_bytes();
    loaded_.emplace();
    for (const deal& d : all_.list) loaded_->insert(d);
    const double theirs = per_record(before);
    before = heap_bytes();
    structure_.emplace(shop_);
    for (const deal& d : all_.list) structure_->append(d);
    structure_->settle();
    const double in_structure = per_record(before);
    before = heap_bytes();
    shop_.load(all_.list);
    counted(shop_);
    const double in_store = per_record(before);
    if (!how_.wants("M2")) return;
    book_.note("M2", "bytes a record, structure", in_structure, theirs);
    book_.note("M2", "bytes a record, store", in_store, theirs);
  }

  template <class Ours>
  void inserts(const char* part, std::size_t count, std::int64_t& next, Ours ours) {
    comparison c = named("M1", part, count);
    std::vector<deal> list;
    std::int64_t runs = 0;
    const auto items = static_cast<std::int64_t>(count);
    c.theirs.prepare = c.ours.prepare = [&] {
      list = fresh(all_, count, next + runs++ / 2 * items);
    };
    c.theirs.work = [&] {
      for (const deal& d : list) loaded_->insert(d);
      return count_of(list.size());
    };
    c.ours.work = [&] {
      for (const deal& d : list) ours(d);
      return count_of(list.size());
    };
    book_.compare(c);
    next += runs * items;
  }

  void single_inserts() {
    std::int64_t next = all_.list.back().id + 1;
    const std::size_t count = std::min<std::size_t>(all_.list.size() / 10, 10'000);
    inserts("single insert, structure", count, next, [&](const deal& d) {
      structure_->append(d);
      structure_->settle();
    });
    inserts("single insert, bare store", count, next, [&](const deal& d) { shop_.put(d, true); });
    session& s = shop_.system();
    inserts("single insert, with rules", std::max<std::size_t>(count / 5, 1), next,
            [&](const deal& d) {
              need(s.create(draft_of(shop_.deals_entity(), shop_.slots(), d)));
            });
  }

  void scans() {
    const auto each_owner = [&](auto&& one) {
      return [&, one] {
        digest out;
        for (std::int64_t owner : all_.busiest) one(owner, out);
        return out.value();
      };
    };
    std::size_t scanned = 0;
    for (const deal& d : all_.list)
      scanned += std::find(all_.busiest.begin(), all_.busiest.end(), d.owner) != all_.busiest.end();
    // Inserts have gone on before; a container and a structure of their own see the same deals.
    loaded_.reset();
    loaded_.emplace();
    structure_.emplace(shop_);
    for (const deal& d : all_.list) loaded_->insert(d), structure_->append(d);
    structure_->settle();
    shop alone(store_kind::memory, "");
    alone.load(all_.list);

    comparison c = named("M3", "owner scan, structure", scanned);
    c.theirs.work = each_owner([&](std::int64_t o, digest& d) { loaded_->owner_sum(o, d); });
    c.ours.work = each_owner([&](std::int64_t o, digest& d) { structure_->owner_sum(o, d); });
    book_.compare(c);
    c.part = "owner scan, session";
    c.ours.work = each_owner([&](std::int64_t owner, digest& d) {
      const rows r = need(alone.system().query(
          "select sum(amount), count() from x_deal where owner = :o",
          {{"o", id{owner}, {}, false}}));
      d.add(r.at(0, 0).as_decimal().coefficient);
      d.add(r.at(0, 1).as_integer());
    });
    book_.compare(c);
    c.part = "owner scan by date, structure";
    c.theirs.work = each_owner([&](std::int64_t o, digest& d) { loaded_->owner_by_date(o, d); });
    c.ours.work = each_owner([&](std::int64_t o, digest& d) { structure_->owner_by_date(o, d); });
    book_.compare(c);
    c.part = "owner scan by date, session";
    c.ours.work = each_owner([&](std::int64_t owner, digest& d) {
      const rows r = need(alone.system().query(
          "select id from x_deal where owner = :o order by close_date, id",
          {{"o", id{owner}, {}, false}}));
      for (std::size_t i = 0; i < r.size(); ++i) d.add(r.at(i, 0).as_id().value);
    });
    book_.compare(c);
  }

  template <class Ours>
  void moved(const char* part, std::size_t count, Ours ours) {
    comparison c = named("M3", part, count);
    std::vector<move> list;
    std::int64_t round = 0;
    c.theirs.prepare = c.ours.prepare = [&] { list = moves(all_, count, round++ / 2); };
    c.theirs.work = [&] {
      for (const move& m : list) loaded_->move(m.id, m.close_date, m.stage);
      return count_of(list.size());
    };
    c.ours.work = [&] {
      for (const move& m : list) ours(m);
      return count_of(list.size());
    };
    book_.compare(c);
  }

  void updates() {
    const std::size_t count = std::min<std::size_t>(all_.list.size() / 10, 10'000);
    moved("indexed update, structure", count, [&](const move& m) { structure_->move_to(m); });
    moved("indexed update, bare store", count,
          [&](const move& m) { shop_.move(m.id, m.close_date, m.stage, true); });
    session& s = shop_.system();
    moved("indexed update, with rules", std::max<std::size_t>(count / 5, 1), [&](const move& m) {
      schema::draft d(shop_.deals_entity());
      d.set("close_date", date{m.close_date}).set("stage", stages[m.stage]);
      need(s.change(id{m.id}, d));
    });
  }

  static std::uint64_t report_of(session& s) {
    const rows r = need(s.query(report_text));
    digest out;
    for (std::size_t i = 0; i < r.size(); ++i) {
      const auto [in, at] = r.place(i);
      const auto number = [&](std::size_t c) { return in->columns[c].at(at).as_integer(); };
      add_group(out, in->columns[0].at(at).as_text(), in->columns[1].at(at).as_text(),
                number(2) * 12 + number(3) - 1, in->columns[4].at(at).as_decimal().coefficient,
                number(5));
    }
    return out.value();
  }

  void reports() {
    shop alone(store_kind::memory, "");
    alone.furnish(all_);
    alone.load(all_.list);
    const hand_columns columns(all_);
    comparison c = named("M4", "group-by, session", all_.list.size());
    c.theirs.work = [&] { return columns.report(); };
    c.ours.work = [&] { return report_of(alone.system()); };
    if (how_.wants("M4")) book_.compare(c);
    if (!how_.wants("R1")) return;
    c.goal = "R1";
    c.part = "repeated report, columns by hand";
    session reader = alone.reader();
    c.ours.work = [&] { return report_of(reader); };
    book_.compare(c);
  }

  /// The first report on a store that has just been loaded, beside one reading of all its records.
  void first_reports() {
    comparison c = named("R1", "first report, one full read", all_.list.size());
    c.pairs = std::min(c.pairs, 7);
    const hand_columns columns(all_);
    const std::uint64_t answer = columns.report();
    std::optional<shop> made;
    c.theirs.prepare = c.ours.prepare = [&] {
      made.reset();
      made.emplace(store_kind::memory, "");
      made->load(all_.list);
    };
    c.theirs.work = [&] {
      std::size_t seen = 0;
      id after;
      for (std::size_t got = 1; got > 0;) {
        got = 0;
        need(made->raw().scan(made->catalog(), made->deals_entity(), after, 1000,
                              store::view::committed, [&](const record& r) -> result<bool> {
                                ++got;
                                after = r.key();
                                return true;
                              }));
        seen += got;
      }
      return seen == all_.list.size() ? answer : 0;
    };
    c.ours.work = [&] { return report_of(made->system()); };
    book_.compare(c);
  }

  const settings& how_;
  book& book_;
  const deals all_;
  shop shop_;
  mutable std::optional<multi_index_deals> loaded_;
  std::optional<structure> structure_;
};

}  // namespace

void measure_memory(const settings& how, book& into) {
  const bool any = how.wants("M1") || how.wants("M2") || how.wants("M3") || how.wants("M4") ||
                   how.wants("R1");
  if (any) memory_goals(how, into).run();
}

}  // namespace guanxi::bench
