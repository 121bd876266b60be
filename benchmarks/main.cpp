// The C++ half of scripts/bench.sh: measures our side and the ones by hand, and writes a JSON line
// a comparison. benchmarks/run.py starts it and makes the table.
//
//   guanxi_benchmarks --out measures.jsonl --folder DIR [--rows N] [--pairs N] [--goal ID]…
//   guanxi_benchmarks --folder DIR [--rows N] --files       leaves files for Python's side
//   guanxi_benchmarks --load …                              a company at work: load/day.hpp
#include "goals.hpp"

#include "load/day.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace guanxi::bench {

bool settings::wants(std::string_view goal) const {
  return goals.empty() || std::find(goals.begin(), goals.end(), goal) != goals.end();
}

/// Two equal sides, and the ways in which a baseline can be made to lose.
void measure_planted(const settings& how, book& into) {
  if (std::find(how.goals.begin(), how.goals.end(), "planted") == how.goals.end()) return;
  const auto sum = [](std::int64_t up_to) {
    digest out;
    for (std::int64_t i = 0; i < up_to; ++i) out.add(i);
    return out.value();
  };
  constexpr std::int64_t work = 300'000;
  comparison c{.goal = "planted", .part = "alike", .items = work, .ours = {}, .theirs = {},
               .pairs = how.pairs};
  c.ours.work = c.theirs.work = [&] { return sum(work); };
  into.compare(c);
  c.part = "a baseline that sleeps";
  c.theirs.work = [&] {
    timespec while_asleep{.tv_sec = 0, .tv_nsec = 100'000'000};
    nanosleep(&while_asleep, nullptr);
    return sum(work);
  };
  into.compare(c);
  c.part = "a baseline that does nothing";
  c.theirs.work = [] { return std::uint64_t{0}; };
  into.compare(c);
  c.part = "a wrong answer of ours";
  c.theirs.work = [&] { return sum(work); };
  c.ours.work = [&] { return sum(work / 10); };
  into.compare(c);
}

}  // namespace guanxi::bench

namespace {

template <class Number>
bool read(const char* text, Number& into) {
  const char* end = text + std::strlen(text);
  return std::from_chars(text, end, into).ptr == end && into > 0;
}

int usage() {
  std::fputs("usage: guanxi_benchmarks --folder DIR [--rows N] [--pairs N] "
             "(--files | --out FILE [--goal ID]…)\n"
             "       guanxi_benchmarks --load --folder DIR --out FILE --store sqlite|memory "
             "--crew USERS:THREADS… [--rows N] [--seconds N] [--seed N] [--plant FAULT]\n",
             stderr);
  return 2;
}

bool read_crew(std::string_view text, guanxi::bench::load::day_options& into) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  guanxi::bench::load::crew of;
  if (!read(std::string(text.substr(0, colon)).c_str(), of.users) ||
      !read(std::string(text.substr(colon + 1)).c_str(), of.threads))
    return false;
  into.crews.push_back(of);
  return true;
}

int work(int count, char** arguments) {
  guanxi::bench::load::day_options how;
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const char* next = arguments[i + 1];
    bool good = true;
    if (name == "--out") how.out = next;
    else if (name == "--folder") how.folder = next;
    else if (name == "--plant") how.plant = next;
    else if (name == "--rows") good = read(next, how.records);
    else if (name == "--seconds") good = read(next, how.seconds);
    else if (name == "--seed") good = read(next, how.seed);
    else if (name == "--crew") good = read_crew(next, how);
    else if (name == "--store" && std::string_view(next) == "memory")
      how.store = guanxi::store_kind::memory;
    else good = name == "--store" && std::string_view(next) == "sqlite";
    if (!good) return usage();
  }
  if (how.out.empty() || how.crews.empty() || count % 2) return usage();
  return guanxi::bench::load::work(how) ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1 && std::string_view(arguments[1]) == "--load") return work(count, arguments);
  guanxi::bench::settings how;
  std::string out;
  bool files = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    const char* next = i + 1 < count ? arguments[i + 1] : "";
    bool good = true;
    if (name == "--files") {
      files = true;
      continue;
    }
    if (name == "--out") out = next;
    else if (name == "--folder") how.folder = next;
    else if (name == "--goal") how.goals.emplace_back(next);
    else if (name == "--rows") good = read(next, how.rows);
    else if (name == "--pairs") good = read(next, how.pairs);
    else good = false;
    if (!good) return usage();
    ++i;
  }
  if (files) {
    guanxi::bench::write_files(how);
    return 0;
  }
  if (out.empty()) return usage();
  guanxi::bench::book into(out);
  guanxi::bench::measure_planted(how, into);
  guanxi::bench::measure_memory(how, into);
  guanxi::bench::measure_sqlite(how, into);
  guanxi::bench::measure_readers(how, into);
  return 0;
}
