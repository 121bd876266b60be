#include "support/power_story.hpp"

#include "support/fault_loop.hpp"
#include "support/stores.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace guanxi::test {

namespace {

/// A transaction of two records, and when it was acknowledged; 0: never.
struct pair_of_records {
  std::string name;
  std::size_t acknowledged = 0;
};

struct recording {
  std::string start;
  std::vector<tape_entry> tape;
  std::vector<pair_of_records> pairs;
};

session admin_of(const tenant& crm) { return crm.as_user("admin").value(); }

/// Opens the store a few times; each time some transactions, one of them large, one taken back.
/// `much`: on one day there is more than the log takes before a checkpoint.
recording record(bool much) {
  recording out;
  const std::string path = test::fresh_path("power_recorded");
  {
    fault_vfs quick;
    auto crm = open(path, {.vfs = quick.name()}).value();
    admin_of(crm).create(crm::account::entity, {crm::account::name = "First"}).value();
  }
  out.start = read_file(path);
  tape_vfs disk;
  int number = 0;
  const auto add = [&](session& s, int size) {
    const std::string name = "pair " + std::to_string(++number);
    s.begin().value();
    for (const char* half : {" a", " b"})
      s.create(crm::account::entity,
               {crm::account::name = name + half,
                crm::account::description = std::string(static_cast<std::size_t>(size), 'x')})
          .value();
    s.commit().value();
    out.pairs.push_back({name, disk.tape().size()});
  };
  for (int day = 0; day < 5; ++day) {
    auto crm = open(path, {.vfs = disk.name()}).value();
    session s = admin_of(crm);
    for (int i = 0; i < 5; ++i) add(s, i == 3 ? 20'000 : 50);
    if (much && day == 1)
      for (int i = 0; i < 4; ++i) add(s, 600'000);
    s.begin().value();
    s.create(crm::account::entity, {crm::account::name = "taken back"}).value();
    s.rollback().value();
  }
  out.tape = disk.tape();
  remove_store(path);
  return out;
}

const recording& recorded(bool much) {
  static const recording large = record(true), small = record(false);
  return much ? large : small;
}

void judge(const recording& days, const std::string& path, std::size_t moment,
           const std::string& how, power_verdict& out) {
  const auto complain = [&](const std::string& what) {
    if (out.complaints.size() < 10)
      out.complaints.push_back(what + " after " + std::to_string(moment) + " writes, " + how);
  };
  auto crm = open(path, {.create = false});
  auto seen = crm ? crm->verify() : result<store::verification>(passed(crm));
  if (!seen || !seen->sound()) {
    ++out.corrupt;
    return complain(seen ? seen->findings.front().text : std::string(seen.error().message()));
  }
  auto names = crm->as_system("test").query("select name from account");
  if (!names) {
    ++out.corrupt;
    return complain(std::string(names.error().message()));
  }
  std::vector<std::string> there;
  for (std::size_t i = 0; i < names->size(); ++i) there.push_back(names->at(i, 0).to_string());
  std::sort(there.begin(), there.end());
  const auto has = [&](const std::string& name) {
    return std::binary_search(there.begin(), there.end(), name);
  };
  bool lost = false, partial = has("taken back");
  for (const pair_of_records& p : days.pairs) {
    const bool a = has(p.name + " a"), b = has(p.name + " b");
    if (p.acknowledged <= moment && !(a && b) && !std::exchange(lost, true))
      complain(p.name + " was acknowledged and is lost");
    if (a != b && !std::exchange(partial, true)) complain(p.name + " is there by half");
  }
  out.lost += lost;
  out.partial += partial;
}

}  // namespace

namespace {

void cut_days(const recording& days, std::mt19937_64& random, long images_wanted, syncs which,
              power_verdict& out) {
  static const char* const ways[] = {"unsynced writes dropped", "unsynced writes kept",
                                     "some unsynced writes kept", "unsynced writes torn"};
  std::vector<std::size_t> moments;
  for (long i = 0; i < images_wanted; ++i) moments.push_back(random() % (days.tape.size() + 1));
  std::sort(moments.begin(), moments.end());
  images disk(days.start, days.tape, which);
  const std::string path = test::fresh_path("power_image");
  for (std::size_t moment : moments) {
    disk.forward_to(moment);
    const auto how = static_cast<unsynced>(random() % 4);
    disk.write(path, how, random);
    ++out.images;
    judge(days, path, moment, ways[static_cast<std::size_t>(how)], out);
  }
  remove_store(path);
}

}  // namespace

power_verdict cut_power(std::uint64_t seed, long images_wanted, syncs which) {
  power_verdict out;
  std::mt19937_64 random(seed);
  // Images with a long log take ten times as long, and are much alike.
  const long large = images_wanted / 10;
  cut_days(recorded(true), random, large, which, out);
  cut_days(recorded(false), random, images_wanted - large, which, out);
  return out;
}

}  // namespace guanxi::test
