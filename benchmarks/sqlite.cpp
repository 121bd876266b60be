// S1 to S3: the SQLite store beside SQLite used by hand, on two files alike.
#include "goals.hpp"

#include "by_hand/sqlite.hpp"
#include "shop.hpp"

#include <algorithm>
#include <optional>
#include <thread>

namespace guanxi::bench {
namespace {

class sqlite_goals {
 public:
  sqlite_goals(const settings& how, book& into)
      : how_(how), book_(into), all_(make_deals(how.rows)),
        ours_path_(how.folder + "/ours.gx"), theirs_path_(how.folder + "/by_hand.sqlite") {
    make_files(all_, ours_path_, theirs_path_);
    hand_.emplace(theirs_path_);
    shop_.emplace(store_kind::sqlite, ours_path_);
  }

  void run() {
    if (how_.wants("S1")) gets(), lists(), updates(), inserts();
    if (how_.wants("S2")) held_gets();
    if (how_.wants("S3")) durable_creates(), shared_commits();
  }

 private:
  comparison named(const char* goal, const char* part, std::size_t items) const {
    return {.goal = goal, .part = part, .items = static_cast<std::int64_t>(items), .ours = {},
            .theirs = {}, .pairs = how_.pairs};
  }
  std::int64_t id_at(std::size_t i) const {
    return all_.list[i * 7'919 % all_.list.size()].id;
  }

  /// Gets of scattered records, each on its own.
  void gets() {
    const std::size_t count = std::min<std::size_t>(all_.list.size(), 20'000);
    comparison c = named("S1", "get, bare store", count);
    c.theirs.work = [&, count] {
      digest out;
      for (std::size_t i = 0; i < count; ++i) hand_->get(id_at(i), out);
      return out.value();
    };
    schema::record into(shop_->catalog(), shop_->deals_entity());
    const std::unique_ptr<store::reader> own = need(shop_->raw().open_reader());
    c.ours.work = [&, count] {
      digest out;
      for (std::size_t i = 0; i < count; ++i) {
        need(own->on().get(shop_->deals_entity(), id{id_at(i)}, store::view::committed, into));
        add(out, into, shop_->slots());
      }
      return out.value();
    };
    book_.compare(c);
    c.part = "get, with rules";
    const session reader = shop_->reader();
    c.ours.work = [&, count] {
      digest out;
      for (std::size_t i = 0; i < count; ++i)
        add(out, need(reader.get("x_deal", id{id_at(i)})), shop_->slots());
      return out.value();
    };
    book_.compare(c);
  }

  /// The newest 50 deals of an owner.
  void lists() {
    const std::string text = std::string("select ") + deal_fields +
                             " from x_deal where owner = :o "
                             "order by close_date desc, id desc limit 50";
    // Owners of some 150 deals each, where there are many.
    std::vector<std::int64_t> owners;
    for (std::int64_t i = 0; i < 50; ++i)
      owners.push_back(first_user + (all_.users / 10 + i) % all_.users);
    const auto ask = [&, text](const session& s) {
      digest out;
      for (std::int64_t owner : owners) {
        const rows r = need(s.query(text, {{"o", id{owner}, {}, false}}));
        for (std::size_t row = 0; row < r.size(); ++row) add(out, r, row);
      }
      return out.value();
    };
    comparison c = named("S1", "list, with rules", owners.size());
    c.theirs.work = [&] {
      digest out;
      for (std::int64_t owner : owners) hand_->newest(owner, out);
      return out.value();
    };
    const session reader = shop_->reader();
    c.ours.work = [&, ask] { return ask(reader); };
    book_.compare(c);
    c.part = "list, bare store";
    c.ours.work = [&, ask] { return ask(shop_->system()); };
    book_.compare(c);
  }

  template <class Ours>
  void moved(const char* part, std::size_t count, Ours ours) {
    comparison c = named("S1", part, count);
    std::int64_t round = 0, runs = 0;
    const auto each = [&, count](auto&& one) {
      for (std::size_t i = 0; i < count; ++i) {
        const auto n = static_cast<std::int64_t>(i) + round;
        one(id_at(i), 19'400 + static_cast<std::int32_t>(n * 37 % 1'000),
            static_cast<std::uint8_t>(n % 10));
      }
      digest out;
      out.add(static_cast<std::int64_t>(count));
      return out.value();
    };
    c.theirs.prepare = c.ours.prepare = [&] { round = runs++ / 2; };
    c.theirs.work = [&, each] {
      hand_->begin();
      const std::uint64_t done = each(
          [&](auto key, auto day, auto stage) { hand_->move(key, day, stage); });
      hand_->commit();
      return done;
    };
    c.ours.work = [&, each] { return ours(each); };
    book_.compare(c);
  }

  /// Updates of two indexed fields, many in a transaction.
  void updates() {
    const std::size_t count = std::min<std::size_t>(all_.list.size() / 2, 5'000);
    moved("update, bare store", count, [&](auto& each) {
      need(shop_->raw().begin());
      const std::uint64_t done = each([&](auto key, auto day, auto stage) {
        shop_->move(key, day, stage, false);
      });
      need(shop_->raw().commit());
      return done;
    });
    session& s = shop_->system();
    moved("update, with rules", count, [&](auto& each) {
      need(s.begin());
      const std::uint64_t done = each([&](auto key, auto day, auto stage) {
        schema::draft d(shop_->deals_entity());
        d.set("close_date", date{day}).set("stage", stages[stage]);
        need(s.change(id{key}, d));
      });
      need(s.commit());
      return done;
    });
  }

  template <class Ours>
  void inserted(const char* part, std::size_t count, Ours ours) {
    comparison c = named("S1", part, count);
    std::vector<deal> list;
    std::int64_t runs = 0;
    c.theirs.prepare = c.ours.prepare = [&, count] { list = fresh(count, runs++ / 2); };
    const auto counted = [count] {
      digest out;
      out.add(static_cast<std::int64_t>(count));
      return out.value();
    };
    c.theirs.work = [&, counted] {
      hand_->begin();
      for (const deal& d : list) hand_->insert(d);
      hand_->commit();
      return counted();
    };
    c.ours.work = [&, counted] {
      ours(list);
      return counted();
    };
    book_.compare(c);
    next_ += runs * static_cast<std::int64_t>(count);
  }

  /// Inserts with four live indices, many in a transaction.
  void inserts() {
    next_ = all_.list.back().id + 1;
    const std::size_t count = std::min<std::size_t>(all_.list.size() / 2, 5'000);
    inserted("insert, bare store", count, [&](const std::vector<deal>& list) {
      need(shop_->raw().begin());
      for (const deal& d : list) shop_->put(d, false);
      need(shop_->raw().commit());
    });
    session& s = shop_->system();
    inserted("insert, with rules", count, [&](const std::vector<deal>& list) {
      need(s.begin());
      for (const deal& d : list)
        need(s.create(draft_of(shop_->deals_entity(), shop_->slots(), d)));
      need(s.commit());
    });
  }

  /// A hundred gets in one reading, beside as many by hand that each begin and end by themselves.
  void held_gets() {
    constexpr std::size_t held = 100;
    const std::size_t count = std::max<std::size_t>(
        std::min<std::size_t>(all_.list.size(), 20'000) / held * held, held);
    comparison c = named("S2", "100 gets in one reading", count);
    c.theirs.work = [&, count] {
      digest out;
      for (std::size_t i = 0; i < count; ++i) hand_->get(id_at(i), out);
      return out.value();
    };
    session reader = shop_->reader();
    c.ours.work = [&, count] {
      digest out;
      for (std::size_t first = 0; first < count; first += held) {
        need(reader.begin_reading());
        for (std::size_t i = first; i < first + held; ++i)
          add(out, need(reader.get("x_deal", id{id_at(i)})), shop_->slots());
        need(reader.end_reading());
      }
      return out.value();
    };
    book_.compare(c);
  }

  /// Single creates, each on the disk before the next.
  void durable_creates() {
    constexpr std::size_t count = 200;
    next_ = std::max(next_, all_.list.back().id + 1);
    const auto single = [&](const char* part, auto&& ours) {
      comparison c = named("S3", part, count);
      c.wall = true;
      std::vector<deal> list;
      std::int64_t runs = 0;
      c.theirs.prepare = c.ours.prepare = [&] { list = fresh(count, runs++ / 2); };
      c.theirs.work = [&] {
        for (const deal& d : list) hand_->begin(), hand_->insert(d), hand_->commit();
        return std::uint64_t{count};
      };
      c.ours.work = [&] {
        for (const deal& d : list) ours(d);
        return std::uint64_t{count};
      };
      book_.compare(c);
      next_ += runs * static_cast<std::int64_t>(count);
    };
    single("durable create, bare store", [&](const deal& d) { shop_->put(d, true); });
    session& s = shop_->system();
    single("durable create, with rules", [&](const deal& d) {
      need(s.create(draft_of(shop_->deals_entity(), shop_->slots(), d)));
    });
  }

  /// The same by eight threads at once, which share commits, beside one.
  void shared_commits() {
    constexpr std::size_t threads = 8, each = 50;
    comparison c = named("S3", "durable creates, 8 threads", threads * each);
    c.wall = true;
    const auto create = [&](session& s, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i)
        need(s.create(draft_of(shop_->deals_entity(), shop_->slots(), all_.list[i])));
    };
    c.theirs.work = [&] {
      create(shop_->system(), threads * each);
      return std::uint64_t{threads * each};
    };
    c.ours.work = [&] {
      std::vector<std::thread> all;
      for (std::size_t t = 0; t < threads; ++t)
        all.emplace_back([&] {
          session s = shop_->another();
          create(s, each);
        });
      for (std::thread& t : all) t.join();
      return std::uint64_t{threads * each};
    };
    book_.compare(c);
  }

  /// Deals with ids that no earlier run has used.
  std::vector<deal> fresh(std::size_t count, std::int64_t run) const {
    const auto from = all_.list.begin();
    std::vector<deal> out(from, from + static_cast<std::ptrdiff_t>(count));
    for (std::size_t i = 0; i < count; ++i)
      out[i].id = next_ + run * static_cast<std::int64_t>(count) + static_cast<std::int64_t>(i);
    return out;
  }

  const settings& how_;
  book& book_;
  const deals all_;
  const std::string ours_path_, theirs_path_;
  std::optional<hand_sqlite> hand_;
  std::optional<shop> shop_;
  std::int64_t next_ = 0;
};

}  // namespace

void measure_sqlite(const settings& how, book& into) {
  if (how.wants("S1") || how.wants("S2") || how.wants("S3")) sqlite_goals(how, into).run();
}

}  // namespace guanxi::bench
