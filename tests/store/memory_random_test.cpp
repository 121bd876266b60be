// The memory store does what the least store does, whatever the order of calls: transactions,
// savepoints, erasures, changes of the schema, saves, and memory that runs out in between.
#include "memory_sample.hpp"

#include "capi/scarce_memory.hpp"
#include "guanxi/schema/request.hpp"
#include "guanxi/store/keeping.hpp"
#include "guanxi/store/memory.hpp"
#include "support/map_store.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <new>

using namespace guanxi;
using namespace guanxi::test;
using store::view;

namespace {

enum class fault {
  none, undoes_nothing, loses_an_erasure, shows_what_is_open, saves_nothing, loses_a_step
};

/// The memory store, with a fault if the harness is to be tested.
class faulty_driver final : public store::driver {
 public:
  faulty_driver(std::unique_ptr<store::driver> inner, fault f) : inner_(std::move(inner)), f_(f) {}
  std::string_view name() const noexcept override { return inner_->name(); }
  result<bool> get(const schema::entity& of, id key, view at, schema::record& into) override {
    if (f_ == fault::shows_what_is_open) at = view::writing;
    return inner_->get(of, key, at, into);
  }
  result<void> put(const schema::record& r, std::int64_t expected) override {
    return inner_->put(r, expected);
  }
  result<void> put_all(std::span<const schema::record> fresh) override {
    return inner_->put_all(fresh);
  }
  result<void> erase(const schema::entity& of, id key) override {
    if (f_ == fault::loses_an_erasure && key.value % 5 == 0) return {};
    return inner_->erase(of, key);
  }
  result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                    std::size_t at_most, view at,
                    const std::function<result<bool>(const schema::record&)>& visit) override {
    return inner_->scan(catalog, of, after, at_most, at, visit);
  }
  result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps) override {
    using kind = schema::step::kind;
    if (f_ == fault::loses_a_step && steps.front().what == kind::rename_entity) return {};
    return inner_->migrate(to, steps);
  }
  result<void> begin() override { return inner_->begin(); }
  result<void> commit() override { return inner_->commit(); }
  result<void> rollback() override { return inner_->rollback(); }
  result<void> savepoint(int n) override { return inner_->savepoint(n); }
  result<void> release(int n) override { return inner_->release(n); }
  result<void> rollback_to(int n) override {
    return f_ == fault::undoes_nothing ? result<void>() : inner_->rollback_to(n);
  }
  result<std::optional<id>> find(const schema::entity& of, std::uint16_t slot, const value& v,
                                 view at) override {
    return inner_->find(of, slot, v, at);
  }
  result<std::unique_ptr<store::reader>> open_reader() override { return inner_->open_reader(); }
  result<void> verify(const schema::catalog& c, store::inspection& into) override {
    return inner_->verify(c, into);
  }
  result<void> save(std::string_view path) override {
    return f_ == fault::saves_nothing ? result<void>() : inner_->save(path);
  }

 private:
  std::unique_ptr<store::driver> inner_;
  fault f_;
};

std::string shown(const schema::record& r) {
  std::string out;
  for (const value& v : r.slots()) out += v.to_string() + "|";
  return out;
}

/// Memory runs out after so many allocations, as long as it lives.
struct scarcity {
  scarcity(long after, bool for_good) { scarce_memory::fail_after(after, for_good); }
  ~scarcity() { scarce_memory::fail_never(); }
};

/// Both stores side by side. run() gives the first difference, or nothing.
class comparison {
 public:
  comparison(std::uint64_t seed, fault f, bool scarce)
      : by_(seed), fault_(f), scarce_(scarce), path_(fresh_path()) {
    definitions_ = sample_definitions();
    catalog_ = catalog_of(definitions_);
    open();
    const schema::catalog_ptr nothing = catalog_of({});
    migrate(*memory_, *nothing, *catalog_);
    migrate(map_, *nothing, *catalog_);
  }
  ~comparison() { remove_store(path_); }

  std::string run(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      if (said_.empty() && (i % 7 == 0 || i + 1 == steps)) compare();
      if (!said_.empty()) return "step " + std::to_string(i) + " (" + last_ + "): " + said_;
    }
    return {};
  }

 private:
  void open() {
    memory_ = std::make_unique<faulty_driver>(store::open_memory({.path = path_}).value(), fault_);
  }

  /// Runs a call on the memory store until it has all the memory that it asks for.
  result<void> call(const std::function<result<void>()>& what) {
    if (scarce_ && by_.chance(30)) {
      for (long after = 0;; after += 1 + after / 4) {
        try {
          const scarcity short_of(after, by_.chance(50));
          result<void> done = what();
          if (done || done.error().code() != errc::out_of_memory) return done;
        } catch (const std::bad_alloc&) {
        }
        if (by_.chance(10)) compare();
      }
    }
    return what();
  }
  /// Does the same to both, which must say the same.
  void both(const std::string& what, const std::function<result<void>(store::driver&)>& does) {
    last_ = what;
    const errc one = code(call([&] { return does(*memory_); }));
    const errc other = code(does(map_));
    if (one != other)
      said_ = std::string(name(one)) + " and not " + std::string(name(other));
  }

  void step();
  void write();
  void define();
  void reshape();
  void begin_reading();
  void check_readings();
  std::string scanned(store::driver& d, const schema::catalog_ptr& catalog,
                      const schema::entity& of, view at);
  void compare();
  void compare(std::string_view entity, view at);
  void compare_find(view at);

  random_records by_;
  fault fault_;
  bool scarce_;
  std::string path_, last_, said_;
  int next_name_ = 0;
  std::int64_t next_bulk_ = 1000;
  std::vector<schema::entity_definition> definitions_, open_definitions_;
  schema::catalog_ptr catalog_, committed_catalog_;
  std::vector<schema::catalog_ptr> kept_;
  std::unique_ptr<faulty_driver> memory_;
  map_store map_;
  bool inside_ = false;
  int level_ = 0;
  std::vector<std::pair<schema::catalog_ptr, std::vector<schema::entity_definition>>> at_level_;
  /// A reader that keeps its moment, and what was committed then.
  struct kept_reading {
    std::unique_ptr<store::reader> by;
    schema::catalog_ptr catalog;
    std::string then;
  };
  std::vector<kept_reading> readings_;
};

void comparison::step() {
  if (!inside_) {
    if (by_.chance(8)) {
      last_ = "save";
      const result<void> saved = call([&] { return memory_->save({}); });
      if (!saved) said_ = std::string(saved.error().message());
      readings_.clear();  // they must go before what they read
      open();
      return;
    }
    if (by_.chance(30)) return begin_reading();
    both("begin", [](store::driver& d) { return d.begin(); });
    inside_ = true;
    committed_catalog_ = catalog_;
    open_definitions_ = definitions_;
    level_ = 0;
    at_level_.clear();
    return;
  }
  // A store with another schema than it is told of would be asked for what nobody may ask.
  if (fault_ != fault::undoes_nothing && by_.chance(4)) return reshape();
  const std::size_t what = by_.below(100);
  if (what < 6) {
    both("commit", [](store::driver& d) { return d.commit(); });
    inside_ = false;
  } else if (what < 10) {
    both("rollback", [](store::driver& d) { return d.rollback(); });
    inside_ = false;
    catalog_ = committed_catalog_;
    definitions_ = open_definitions_;
  } else if (what < 18) {
    ++level_;
    both("savepoint", [&](store::driver& d) { return d.savepoint(level_); });
    at_level_.emplace_back(catalog_, definitions_);
  } else if (what < 28 && level_ > 0) {
    const int to = 1 + static_cast<int>(by_.below(static_cast<std::size_t>(level_)));
    if (by_.chance(60)) {
      both("rollback_to", [&](store::driver& d) { return d.rollback_to(to); });
      std::tie(catalog_, definitions_) = at_level_[static_cast<std::size_t>(to - 1)];
    }
    both("release", [&](store::driver& d) { return d.release(to); });
    level_ = to - 1;
    at_level_.resize(static_cast<std::size_t>(level_));
  } else if (what < 30 && definitions_.size() < 6 && definitions_.back().fields.size() < 14) {
    define();
  } else {
    write();
  }
}

void comparison::write() {
  const std::string_view entity = by_.chance(80) ? "thing" : "gx_note";
  const schema::entity& of = *catalog_->find(entity);
  const id key{1 + static_cast<std::int64_t>(by_.below(by_.chance(50) ? 20 : 80))};
  schema::record now(catalog_, of);
  const bool there = map_.get(of, key, view::writing, now).value();
  if (by_.chance(15)) {
    both("erase " + std::to_string(key.value),
         [&](store::driver& d) { return d.erase(of, key); });
    return;
  }
  if (by_.chance(5)) {
    // As a bulk load does it: ids above every other, rising.
    std::vector<schema::record> fresh;
    for (int i = 0; i < 20; ++i)
      fresh.push_back(by_.record(catalog_, entity, id{++next_bulk_}, 1));
    both("put_all", [&](store::driver& d) { return d.put_all(fresh); });
    return;
  }
  const std::int64_t revision = there ? now.revision() : 0;
  std::int64_t expected = there ? std::max<std::int64_t>(revision, 1) : 0;
  if (by_.chance(10)) ++expected;
  schema::record next = by_.record(catalog_, entity, key, expected + 1);
  // Most changes touch a few fields.
  for (std::uint16_t slot = 0; there && slot < of.slots(); ++slot)
    if (slot > schema::system_slot::revision && by_.chance(70)) next.set(slot, now.at(slot));
  both("put " + std::to_string(key.value) + " expecting " + std::to_string(expected),
       [&](store::driver& d) { return d.put(next, expected); });
}

void comparison::define() {
  const std::string number = std::to_string(++next_name_);
  std::vector<schema::entity_definition> next = definitions_;
  if (by_.chance(30)) {
    next.push_back({.name = "x_more" + number,
                    .fields = {{.name = "x_text", .type = schema::kind::text}}});
  } else {
    schema::entity_definition& of = next[by_.chance(60) ? 1 : next.size() - 1];
    of.fields.push_back({.name = "x_field" + number,
                         .type = schema::kind::integer,
                         .flags = by_.chance(50) ? schema::indexed : schema::no_flags});
  }
  const schema::catalog_ptr to = catalog_of(next);
  const std::vector<schema::step> steps = schema::steps_between(*catalog_, *to).value();
  both("migrate", [&](store::driver& d) { return d.migrate(*to, steps); });
  kept_.push_back(catalog_);
  catalog_ = to;
  definitions_ = next;
}

/// Steps as the store makes them of requests, several at once now and then.
void comparison::reshape() {
  using schema::step;
  std::vector<schema::entity_definition> next;
  for (const auto& e : catalog_->entities()) next.push_back(e->definition());
  std::vector<step> steps;
  std::string what = "reshape:";
  const auto named = [&] { return "x_new" + std::to_string(++next_name_); };
  const std::size_t at = by_.chance(70) ? 1 : by_.below(next.size());
  schema::entity_definition& of = next[at];
  const std::string entity = of.name;
  const bool more = entity.starts_with("x_");
  if (more && by_.chance(30)) {
    const std::string gone = schema::gone_name(static_cast<std::uint16_t>(at));
    steps.push_back({step::kind::drop_entity, entity, 0, {}});
    steps.push_back({step::kind::add_entity, gone, 0, {}});
    of = {.name = gone, .custom = false};
  } else if (more && by_.chance(50)) {
    of.name = named();
    steps.push_back({step::kind::rename_entity, of.name, 0, {}, entity});
    for (schema::entity_definition& e : next)
      for (schema::field_definition& f : e.fields)
        if (f.target == entity) f.target = of.name;
  } else {
    for (std::size_t i = 0; i < of.fields.size(); ++i) {
      schema::field_definition& f = of.fields[i];
      step s{step::kind::index_field, of.name,
             static_cast<std::uint16_t>(schema::system_slot::count + i), f.name};
      s.before = f;
      const bool number = f.type == schema::kind::integer || f.type == schema::kind::decimal;
      if (number && f.scale < 6 && by_.chance(30)) {
        f.scale = f.type == schema::kind::integer ? std::uint8_t{0}
                                                  : static_cast<std::uint8_t>(f.scale + 2);
        f.type = schema::kind::decimal;
        s.after = f;
        s.what = step::kind::convert_field;
        steps.push_back(s);
      }
      if (by_.chance(15)) {
        f.flags ^= schema::indexed;
        s.after = f;
        s.what = step::kind::index_field;
        steps.push_back(s);
      }
      if (f.name.starts_with("x_") && by_.chance(20)) {
        s.was = f.name;
        s.field = f.name = named();
        s.what = step::kind::rename_field;
        steps.push_back(s);
      }
    }
    const auto idle = std::find_if(of.fields.begin(), of.fields.end(), [](const auto& f) {
      return f.name != "code" && f.name != "name" && f.name != "content" &&
             f.type != schema::kind::money && f.name != "currency";
    });
    if (idle != of.fields.end() && (of.fields.size() > 12 || by_.chance(30))) {
      const auto place = schema::system_slot::count + (idle - of.fields.begin());
      steps.push_back({step::kind::drop_field, of.name, static_cast<std::uint16_t>(place),
                       idle->name});
      of.fields.erase(idle);
    }
  }
  if (steps.empty()) return;
  for (const step& s : steps) what += " " + in_words(s) + ";";
  const schema::catalog_ptr to = catalog_of(next);
  for (std::size_t i = 0; i < next.size(); ++i) next[i] = to->entities()[i]->definition();
  both(what, [&](store::driver& d) { return d.migrate(*to, steps); });
  kept_.push_back(catalog_);
  kept_.push_back(to);
  catalog_ = to;
  definitions_ = next;
}

void comparison::begin_reading() {
  last_ = "a reading begins";
  if (readings_.size() == 2)
    readings_.erase(readings_.begin() + static_cast<std::ptrdiff_t>(by_.below(2)));
  kept_reading one{memory_->open_reader().value(), catalog_, {}};
  one.by->hold().value();
  for (const auto& e : catalog_->entities())
    one.then += scanned(map_, catalog_, *e, view::committed);
  readings_.push_back(std::move(one));
}

void comparison::check_readings() {
  for (const kept_reading& one : readings_) {
    std::string now;
    for (const auto& e : one.catalog->entities())
      now += scanned(one.by->on(), one.catalog, *e, view::committed);
    if (now != one.then) said_ = "a reading of before sees\n" + now + "and not\n" + one.then;
  }
}

void comparison::compare() {
  for (const auto& e : catalog_->entities())
    if (said_.empty()) compare(e->name(), view::writing);
  if (said_.empty()) check_readings();
  if (!inside_) {
    const store::verify_options how;
    store::inspection into{how};
    memory_->verify(*catalog_, into).value();
    for (const store::finding& f : into.result().findings)
      if (f.text.find("is not found") != std::string::npos || f.where == store::part::file)
        said_ = f.text;
    return;
  }
  // Readers come with the definitions of the last commit.
  std::swap(catalog_, committed_catalog_);
  for (const auto& e : catalog_->entities())
    if (said_.empty()) compare(e->name(), view::committed);
  std::swap(catalog_, committed_catalog_);
}

std::string comparison::scanned(store::driver& d, const schema::catalog_ptr& catalog,
                                const schema::entity& of, view at) {
  std::string out;
  id after;
  for (std::size_t got = 1; got > 0;) {
    got = 0;
    const auto each = [&](const schema::record& r) -> result<bool> {
      ++got;
      after = r.key();
      out += shown(r) + "\n";
      return true;
    };
    d.scan(catalog, of, after, 1 + by_.below(30), at, each).value();
  }
  return out;
}

void comparison::compare(std::string_view entity, view at) {
  const schema::entity& of = *catalog_->find(entity);
  const std::string there = at == view::writing ? "" : ", as committed";
  const std::string one = scanned(*memory_, catalog_, of, at);
  const std::string other = scanned(map_, catalog_, of, at);
  if (one != other) {
    said_ = "a scan of " + std::string(entity) + there + " gives\n" + one + "and not\n" + other;
    return;
  }
  for (int i = 0; i < 10; ++i) {
    const id key{1 + static_cast<std::int64_t>(by_.below(90))};
    schema::record one(catalog_, of), other(catalog_, of);
    const bool first = memory_->get(of, key, at, one).value();
    const bool second = map_.get(of, key, at, other).value();
    if (first != second || shown(one) != shown(other)) {
      said_ = "record " + std::to_string(key.value) + there + " is " + shown(one) + " and not " +
              shown(other);
      return;
    }
  }
  if (entity == "thing") compare_find(at);
}

/// Finding by value, against a look at every record.
void comparison::compare_find(view at) {
  const schema::entity& thing = *catalog_->find("thing");
  for (const char* name : {"code", "name"}) {  // with an index, and without
    const std::uint16_t slot = thing.find(name)->slot;
    const value wanted = by_.word();
    std::vector<id> holders;
    const auto each = [&](const schema::record& r) -> result<bool> {
      if (!r.deleted() && r.at(slot) == wanted) holders.push_back(r.key());
      return true;
    };
    map_.scan(catalog_, thing, {}, 10'000, at, each).value();
    const std::optional<id> found = memory_->find(thing, slot, wanted, at).value();
    const bool right = found ? std::count(holders.begin(), holders.end(), *found) == 1
                             : holders.empty();
    if (!right)
      said_ = "`" + wanted.to_string() + "` was found " +
              (found ? "at " + std::to_string(found->value) : "nowhere");
  }
}

/// The first complaint of so many runs, each from its own seed.
std::string first_complaint(std::uint64_t seed, int runs, int steps, fault f, bool scarce) {
  for (int i = 0; i < runs; ++i) {
    const std::uint64_t own = seed + static_cast<std::uint64_t>(i);
    const std::string said = comparison(own, f, scarce).run(steps);
    if (!said.empty()) return "seed " + std::to_string(own) + ", " + said;
  }
  return {};
}

}  // namespace

TEST(memory_random, agrees_with_the_least_store) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "seeds from " << seed << "\n";
  EXPECT_EQ(first_complaint(seed, 30, 400, fault::none, false), "");
}

TEST(memory_random, agrees_while_memory_runs_out_now_and_then) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "seeds from " << seed << "\n";
  EXPECT_EQ(first_complaint(seed, 15, 300, fault::none, true), "");
}

TEST(memory_random, notices_planted_faults) {
  for (fault f : {fault::undoes_nothing, fault::loses_an_erasure, fault::shows_what_is_open,
                  fault::saves_nothing, fault::loses_a_step})
    EXPECT_NE(first_complaint(1, 10, 400, f, false), "")
        << "a planted fault went unnoticed: " << static_cast<int>(f);
}
