#include "day.hpp"

#include "audit.hpp"
#include "user.hpp"

#include "../measure.hpp"

#include "guanxi/base/json.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace guanxi::bench::load {
namespace {

using steady = std::chrono::steady_clock;

/// Users who wait for their turn. A thread takes the one that has waited longest, and brings it
/// back after one action: so every user comes on, and sessions wander between threads.
class queue {
 public:
  void put(user* u) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(u);
  }
  /// There are never more threads than users, so there is always one.
  user* take() {
    const std::lock_guard lock(mutex_);
    user* const u = waiting_.front();
    waiting_.pop_front();
    return u;
  }

 private:
  std::mutex mutex_;
  std::deque<user*> waiting_;
};

struct outcome {
  load::crew crew;
  double seconds = 0;
  load::diary all;           ///< of all users
  audit_report kept;
  std::uint64_t scripts = 0;
};

void add(diary& into, diary&& from) {
  for (std::size_t k = 0; k < kinds; ++k)
    into.took_ns[k].insert(into.took_ns[k].end(), from.took_ns[k].begin(), from.took_ns[k].end());
  for (const auto& [code, times] : from.retried) into.retried[code] += times;
  for (const auto& [code, times] : from.failed) into.failed[code] += times;
  if (into.first_failure.empty()) into.first_failure = std::move(from.first_failure);
  std::move(from.changes.begin(), from.changes.end(), std::back_inserter(into.changes));
  into.sequences_back += from.sequences_back;
}

/// Lets the users act; gives how long it took.
double act(std::vector<std::unique_ptr<user>>& users, std::size_t threads, std::int64_t seconds) {
  queue turns;
  for (auto& u : users) turns.put(u.get());
  const auto begun = steady::now();
  const auto end = begun + std::chrono::seconds(seconds);
  std::vector<std::thread> crew;
  for (std::size_t t = 0; t < std::min(threads, users.size()); ++t)
    crew.emplace_back([&] {
      while (steady::now() < end) {
        user* const u = turns.take();
        u->act();
        turns.put(u);
      }
    });
  for (std::thread& t : crew) t.join();
  return std::chrono::duration<double>(steady::now() - begun).count();
}

void plant(const std::string& fault, std::vector<acknowledged>& changes) {
  if (changes.empty() || (fault != "dropped" && fault != "invented")) return;
  acknowledged last = changes.back();
  if (fault == "dropped") return changes.pop_back();
  ++last.revision;
  last.after = value("never written");
  changes.push_back(std::move(last));
}

outcome work_as(company& at, const crew& of, const day_options& how) {
  outcome out;
  out.crew = of;
  out.scripts = digest_of_scripts(how.seed, of.users);
  const std::int64_t start = need(at.system().last_change());
  {
    std::vector<std::unique_ptr<user>> users;
    const std::vector<person>& people = at.people();
    // Where there are more users than people, some have two windows open.
    for (std::size_t u = 0; u < of.users; ++u)
      users.push_back(std::make_unique<user>(at, people[u % people.size()], u, how.seed));
    if (how.plant == "misspelt") users.front()->misspell();
    out.seconds = act(users, of.threads, how.seconds);
    for (auto& u : users) add(out.all, std::move(u->diary()));
  }
  plant(how.plant, out.all.changes);
  out.kept = audit(at, out.all.changes, start);
  if (out.all.sequences_back)
    out.kept.findings.push_back("the log's sequence had not grown after a change, " +
                                std::to_string(out.all.sequences_back) + " times");
  return out;
}

bool well(const outcome& o) { return o.all.failed.empty() && o.kept.findings.empty(); }

// Of the JSON line.

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", x);
  return text;
}

std::string codes(const std::map<errc, std::int64_t>& of) {
  std::string out;
  for (const auto& [code, times] : of)
    out += (out.empty() ? "\"" : ", \"") + std::string(name(code)) + "\": " + std::to_string(times);
  return "{" + out + "}";
}

std::string text(std::string_view of) {
  std::string out;
  append_json_text(out, of);
  return out;
}

std::string timing(std::size_t k, std::vector<std::int64_t> taken) {
  std::string out = "{\"kind\": " + text(words_of[k].name) +
                    ", \"writes\": " + (words_of[k].writes ? "true" : "false") +
                    ", \"done\": " + std::to_string(taken.size());
  std::sort(taken.begin(), taken.end());
  const auto at = [&](std::size_t percent) {
    return number(static_cast<double>(taken[(taken.size() * percent + 99) / 100 - 1]) / 1e9);
  };
  if (!taken.empty())
    out += ", \"p50\": " + at(50) + ", \"p99\": " + at(99) + ", \"max\": " + at(100);
  return out + "}";
}

std::string line(const outcome& o, const company& at, const day_options& how) {
  std::string out = std::string("{\"store\": ") +
                    (how.store == store_kind::memory ? "\"memory\"" : "\"sqlite\"");
  out += ", \"rows\": " + std::to_string(how.records);
  out += ", \"records\": " + std::to_string(at.records());
  out += ", \"people\": " + std::to_string(at.people().size());
  out += ", \"users\": " + std::to_string(o.crew.users);
  out += ", \"threads\": " + std::to_string(o.crew.threads);
  out += ", \"seconds\": " + number(o.seconds) + ", \"kinds\": [";
  for (std::size_t k = 0; k < kinds; ++k) out += (k ? ", " : "") + timing(k, o.all.took_ns[k]);
  out += "], \"retried\": " + codes(o.all.retried) + ", \"failed\": " + codes(o.all.failed);
  out += ", \"first_failure\": " + text(o.all.first_failure);
  out += ", \"changes\": " + std::to_string(o.kept.changes);
  out += ", \"sequences\": " + std::to_string(o.kept.sequences);
  out += ", \"verified\": " + std::to_string(o.kept.verified);
  out += ", \"scripts\": \"" + std::to_string(o.scripts) + "\", \"findings\": [";
  for (std::size_t i = 0; i < o.kept.findings.size(); ++i)
    out += (i ? ", " : "") + text(o.kept.findings[i]);
  return out + "]}\n";
}

}  // namespace

bool work(const day_options& how) {
  const bool memory = how.store == store_kind::memory;
  std::fprintf(stderr, "load: a company of %lld records, %s\n",
               static_cast<long long>(how.records), memory ? "memory" : "SQLite");
  company at({.store = how.store, .path = how.folder + (memory ? "/load.gxm" : "/load.gx"),
              .records = how.records, .seed = how.seed});
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> to(std::fopen(how.out.c_str(), "a"),
                                                          &std::fclose);
  if (!to) give_up(error(errc::store_io, "cannot write to `" + how.out + "`"));
  bool all_well = true;
  for (const crew& of : how.crews) {
    std::fprintf(stderr, "load: %zu users, %zu threads\n", of.users, of.threads);
    const outcome o = work_as(at, of, how);
    all_well = all_well && well(o);
    std::fputs(line(o, at, how).c_str(), to.get());
    std::fflush(to.get());
  }
  return all_well;
}

}  // namespace guanxi::bench::load
