#include "support/migration_loss.hpp"

#include "support/fault_loop.hpp"
#include "support/power_loss.hpp"
#include "support/stores.hpp"

#include "guanxi/session/schema_change.hpp"

#include <cstdlib>
#include <functional>
#include <stdexcept>

namespace guanxi::test {

using schema::kind;

namespace {

/// What a file holds, as far as a change of the schema may touch it: definitions and values.
std::string content_of(const std::string& path) {
  auto crm = open(path, {.create = false});
  if (!crm) return "error: " + message(crm);
  const auto seen = crm->verify();
  if (!seen) return "error: " + message(seen);
  if (!seen->sound()) return "unsound: " + seen->findings.front().text;
  const session s = crm->as_system("test");
  std::string out;
  for (const auto& e : crm->catalog()->entities()) {
    if (!e->name().starts_with("x_") && e->name() != "account") continue;
    out += schema::to_json(e->definition()) + "\n";
    std::string query = "select id";
    for (const schema::field& f : e->fields())
      if (!f.system) query += ", " + f.name;
    out += answer(s, query + " from " + std::string(e->name()) + " order by id");
  }
  return out;
}

/// A closed file with cars that every change below touches.
std::string with_cars() {
  const std::string path = test::fresh_path("migration_start");
  fault_vfs quick;
  {
    auto crm = open(path, {.vfs = quick.name()}).value();
    session s = crm.as_user("admin").value();
    schema::entity_definition car{.name = "x_car", .label_en = "Car"};
    car.fields = {{.name = "x_plate", .flags = schema::title},
                  {.name = "x_seats", .type = kind::integer},
                  {.name = "x_price", .type = kind::decimal, .scale = 2},
                  {.name = "x_of", .type = kind::reference, .target = "account"}};
    s.define(car).value();
    const record acme = s.create(crm::account::entity, {crm::account::name = "Acme"}).value();
    s.begin().value();
    for (int i = 1; i <= 50; ++i) {
      schema::draft d = s.draft("x_car").value();
      d.set("x_plate", "P" + std::to_string(i)).set("x_seats", std::int64_t{i});
      d.set("x_price", decimal{i * 1050, 2}).set("x_of", acme.key());
      s.create(d).value();
    }
    s.commit().value();
  }
  std::string out = read_file(path);
  remove_store(path);
  return out;
}

struct migration {
  std::string start;
  std::function<void(const std::string& path, const std::string& vfs)> run;
};

migration asking(const std::string& json) {
  return {with_cars(), [json](const std::string& path, const std::string& vfs) {
            auto crm = open(path, {.create = false, .vfs = vfs}).value();
            crm.as_user("admin")->change_schema(schema::requests_from_json(json).value()).value();
          }};
}

migration opening_an_older_format() {
  const char* source = std::getenv("GUANXI_SOURCE_DIR");
  return {read_file(std::string(source ? source : ".") + "/tests/golden/sqlite_1.gx"),
          [](const std::string& path, const std::string& vfs) {
            static_cast<void>(open(path, {.create = false, .vfs = vfs}).value());
          }};
}

/// The next moment to look at, a stride on by chance; the last one is among them.
std::size_t next_of(std::size_t n, std::size_t last, std::size_t stride, std::mt19937_64& random) {
  const std::size_t next = n + 1 + random() % (2 * stride - 1);
  return n < last && next > last ? last : next;
}

/// Looks at the file as it is at moments of the migration, about so many at most, with what a power
/// cut then leaves.
migration_verdict cut(const migration& m, syncs which, std::mt19937_64& random,
                      std::size_t most) {
  const std::string path = test::fresh_path("migration");
  write_file(path, m.start);
  // Opening may mend the library's own definitions, so it has its own before and after.
  const std::string before = content_of(path);
  write_file(path, m.start);
  tape_vfs disk;
  m.run(path, disk.name());
  const std::string after = content_of(path);
  remove_store(path);
  for (const std::string& end : {before, after})
    if (end.starts_with("error") || end.starts_with("unsound"))
      throw std::runtime_error("the migration itself: " + end);
  migration_verdict out;
  images moments(m.start, disk.tape(), which);
  const std::size_t writes = disk.tape().size(), stride = 1 + writes / most;
  for (std::size_t n = 0; n <= writes; n = next_of(n, writes, stride, random)) {
    moments.forward_to(n);
    // A killed process leaves all that it wrote; a power cut, less.
    const auto how = n % 2 ? unsynced::kept : static_cast<unsynced>(random() % 4);
    moments.write(path, how, random);
    const std::string found = content_of(path);
    ++out.images;
    out.before += found == before;
    out.after += found == after;
    if (found == before || found == after) continue;
    ++out.neither;
    if (out.complaint.empty())
      out.complaint = "after " + std::to_string(n) + " of " + std::to_string(writes) +
                      " writes: " + found.substr(0, 300);
  }
  remove_store(path);
  return out;
}

}  // namespace

const std::vector<schema_request_case>& schema_changes() {
  static const std::vector<schema_request_case> all = {
      {"rename of a field",
       R"([{"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}}])"},
      {"rename of an entity", R"([{"rename": {"entity": "x_car", "to": "x_vehicle"}}])"},
      {"drop of a field", R"([{"drop": {"entity": "x_car", "field": "x_price"}}])"},
      {"drop of an entity", R"([{"drop": {"entity": "x_car"}}])"},
      {"widening", R"([{"define": {"name": "x_car", "fields": [
          {"name": "x_seats", "type": "decimal", "scale": 3}]}}])"},
      {"unique and indexed", R"([{"define": {"name": "x_car", "fields": [
          {"name": "x_plate", "type": "text", "title": true, "unique": true},
          {"name": "x_seats", "type": "integer", "indexed": true}]}}])"},
      {"new entity and field", R"([
          {"define": {"name": "x_trip", "fields": [{"name": "x_to", "type": "text"}]}},
          {"define": {"name": "account", "fields": [{"name": "x_tier", "type": "text"}]}}])"}};
  return all;
}

migration_verdict cut_change(const std::string& json, syncs which, std::mt19937_64& random) {
  return cut(asking(json), which, random, every_moment);
}

migration_verdict cut_older_format(std::mt19937_64& random, std::size_t most) {
  return cut(opening_an_older_format(), syncs::all, random, most);
}

}  // namespace guanxi::test
