#include "support/stores.hpp"

#include "support/c_store.hpp"
#include "support/choosy_driver.hpp"
#include "support/map_store.hpp"

#include "guanxi/store/memory.hpp"
#include "guanxi/store/sqlite.hpp"

#include <cstdlib>
#include <filesystem>
#include <random>
#include <unistd.h>

namespace guanxi::test {

std::string name(tested_store k) {
  switch (k) {
    case tested_store::sqlite_file: return "sqlite_file";
    case tested_store::sqlite_memory: return "sqlite_memory";
    case tested_store::map: return "map";
    case tested_store::choosy: return "choosy";
    case tested_store::memory: return "memory";
    case tested_store::memory_saved: return "memory_saved";
    case tested_store::c_store: return "c_store";
    case tested_store::c_planner: return "c_planner";
  }
  return "unknown";
}

bool shows_last_commit(tested_store k) {
  return k != tested_store::sqlite_memory && k != tested_store::choosy &&
         k != tested_store::c_store && k != tested_store::c_planner;
}

std::unique_ptr<store::driver> make_driver(tested_store k, const environment& world,
                                           const std::string& path, std::uint64_t seed) {
  if (k == tested_store::c_store) return over_c(c_offer::transactions);
  if (k == tested_store::c_planner) return over_c(c_offer::plans, seed);
  if (k == tested_store::map) return std::make_unique<map_store>();
  if (k == tested_store::memory || k == tested_store::memory_saved)
    return store::open_memory({.path = path}).value();
  store::sqlite_options how;
  how.path = k == tested_store::sqlite_file ? path : ":memory:";
  auto sqlite = store::open_sqlite(how, world).value();
  if (k != tested_store::choosy) return sqlite;
  return std::make_unique<choosy_driver>(std::move(sqlite), seed);
}

std::string fresh_path() {
  static int count = 0;
  const std::string path = testing::TempDir() + "guanxi_test_" + std::to_string(getpid()) + "_" +
                           std::to_string(++count) + ".gx";
  remove_store(path);
  return path;
}

void remove_store(const std::string& path) {
  std::error_code ignored;
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(path + part, ignored);
}

std::uint64_t chosen_seed() {
  const char* given = std::getenv("GUANXI_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device()() % 1'000'000;
}

std::string text(const rows& r) {
  std::string out;
  for (std::size_t i = 0; i < r.size(); ++i) {
    for (std::size_t c = 0; c < r.columns().size(); ++c)
      out += (c ? "|" : "") + r.at(i, c).to_string();
    out += "\n";
  }
  return out;
}

std::string answer(const session& s, std::string_view query,
                   const std::vector<expr::parameter_value>& parameters) {
  const result<rows> r = s.query(query, parameters);
  return r ? text(*r) : "error: " + std::string(r.error().message());
}

std::string replaced(std::string text, std::string_view word, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += by.size())
    text.replace(at, word.size(), by);
  return text;
}

company::company(tested_store k, std::uint64_t seed)
    : kind(k),
      path(fresh_path()),
      clock(std::make_shared<fixed_clock>(instant::parse("2026-03-02T09:00:00Z").value())),
      world(default_environment()) {
  world.clock = clock;
  open_options how;
  how.busy_timeout_ms = 1000;
  how.world = world;
  crm = open(make_driver(k, world, path, seed), how).value();
}

company::~company() {
  crm.reset();
  remove_store(path);
}

void company::reopen() {
  if (kind == tested_store::memory || kind == tested_store::memory_saved) crm->save().value();
  crm.reset();
  open_options how;
  how.busy_timeout_ms = 1000;
  how.world = world;
  crm = open(make_driver(kind, world, path), how).value();
}

void company::furnish() {
  using namespace crm;
  using schema::assignment;
  namespace field = schema::system_field;
  session s = system();
  s.begin().value();
  const auto put = [&](const char* name, const schema::entity_row& of,
                       std::initializer_list<assignment> values) {
    return keys[name] = s.create(of, values).value().key();
  };
  const id vp = put("role.vp", role::entity, {role::name = "VP"});
  const id north = put("role.north", role::entity, {role::name = "North", role::parent = vp});
  const id south = put("role.south", role::entity, {role::name = "South", role::parent = vp});
  const id agent_north =
      put("role.agent_north", role::entity, {role::name = "Agent N", role::parent = north});
  const id agent_south =
      put("role.agent_south", role::entity, {role::name = "Agent S", role::parent = south});

  const rows standard =
      s.query("select id from permission_set where name = 'Standard user'").value();
  keys["standard"] = standard.at(0, 0).as_id();
  const auto hire = [&](const char* login, const char* name, id at) {
    const id u = put(login, user::entity, {user::login = login, user::name = name});
    if (at) {
      schema::draft d = s.draft("user").value();
      d.set(user::role = at);
      s.change(u, d).value();
    }
    const id set = key("standard");
    s.create(permission_assignment::entity,
             {permission_assignment::user = u, permission_assignment::permission_set = set})
        .value();
  };
  hire("vera", "Vera", vp);
  hire("mona", "Mona", north);
  hire("samir", "Samir", south);
  hire("nina", "Nina", agent_north);
  hire("nils", "Nils", agent_north);
  hire("sun", "孙丽", agent_south);
  hire("lone", "Lone", id{});
  hire("idle", "Idle", agent_north);

  const id sales = put("pipeline", pipeline::entity, {pipeline::name = "Sales"});
  const auto add_stage = [&](const char* key, const char* name, std::int64_t position,
                             const char* cls, decimal probability, const char* category) {
    put(key, stage::entity,
        {stage::name = name, stage::pipeline = sales, stage::position = position,
         stage::class_ = cls, stage::probability = probability,
         stage::forecast_category = category});
  };
  add_stage("talk", "Talk", 1, "open", {1000, 2}, "pipeline");
  add_stage("offer", "Offer 报价", 2, "open", {6000, 2}, "best_case");
  add_stage("won", "Won", 3, "won", {10000, 2}, "closed");
  add_stage("lost", "Lost", 4, "lost", {0, 2}, "omitted");

  const auto customer = [&](const char* key, const char* name, const char* owner,
                            const char* industry, const char* city) {
    put(key, account::entity,
        {account::name = name, field::owner = this->key(owner), account::industry = industry,
         account::city = city});
  };
  customer("acme", "Acme", "nina", "retail", "Berlin");
  customer("zhang", "张记茶业", "nina", "food", "上海");
  customer("bolt", "Bolt", "nils", "retail", "Oslo");
  customer("sunny", "阳光科技", "sun", "software", "上海");
  customer("lonely", "Lonely", "lone", "software", "Berlin");

  const auto deal = [&](const char* key, const char* name, const char* owner, const char* of,
                        const char* at, std::int64_t cents, const char* close) {
    put(key, opportunity::entity,
        {opportunity::name = name, field::owner = this->key(owner),
         opportunity::account = this->key(of), opportunity::stage = this->key(at),
         opportunity::amount = money{decimal{cents, 2}, currency("USD")},
         opportunity::close_date = date::parse(close).value()});
  };
  deal("bridge", "Bridge", "nina", "acme", "talk", 100'050, "2026-03-31");
  deal("tea", "茶叶年单", "nina", "zhang", "offer", 250'000, "2026-05-15");
  deal("bolts", "Bolts", "nils", "bolt", "won", 99'999, "2026-02-28");
  deal("solar", "太阳能", "sun", "sunny", "talk", 1'000'000, "2026-06-30");
  deal("cross", "Cross", "sun", "acme", "lost", 5'000, "2026-01-10");
  deal("single", "Single", "lone", "lonely", "offer", 70'001, "2026-04-01");
  s.commit().value();

  schema::draft off = s.draft("user").value();
  off.set(user::active = false);
  s.change(key("idle"), off).value();
  if (kind == tested_store::memory_saved) reopen();
}

}  // namespace guanxi::test
