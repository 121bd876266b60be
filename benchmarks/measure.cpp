#include "measure.hpp"

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <time.h>

#include <cstdlib>

namespace guanxi::bench {
namespace {

double seconds(bool wall) noexcept {
  timespec now{};
  clock_gettime(wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct run {
  double seconds;
  std::uint64_t answer;
};

run once(const side& s, bool wall) {
  s.prepare();
  const double begun = seconds(wall);
  std::uint64_t answer = s.work();
  benchmark::DoNotOptimize(answer);
  benchmark::ClobberMemory();
  const double taken = seconds(wall) - begun;
  return {s.seconds ? s.seconds() : taken, answer};
}

void write_list(std::FILE* to, const char* name, const std::vector<double>& list) {
  std::fprintf(to, ", \"%s\": [", name);
  for (std::size_t i = 0; i < list.size(); ++i) std::fprintf(to, "%s%.9g", i ? ", " : "", list[i]);
  std::fputc(']', to);
}

}  // namespace

book::book(const std::string& path) : file_(std::fopen(path.c_str(), "w")) {
  if (!file_) give_up(error(errc::store_io, "cannot write measures to `" + path + "`"));
}

void book::compare(const comparison& c) {
  std::fprintf(stderr, "bench: %s %s\n", c.goal.c_str(), c.part.c_str());
  bool equal = true;
  std::vector<double> ours, theirs;
  for (int pair = -1; pair < c.pairs; ++pair) {
    // The second of a pair finds what the first left in the caches: they take turns in that, too.
    const bool ours_first = pair % 2 == 0;
    const run a = once(ours_first ? c.ours : c.theirs, c.wall);
    const run b = once(ours_first ? c.theirs : c.ours, c.wall);
    equal = equal && a.answer == b.answer;
    if (pair < 0) continue;
    ours.push_back((ours_first ? a : b).seconds);
    theirs.push_back((ours_first ? b : a).seconds);
  }
  std::fprintf(file_.get(), "{\"goal\": \"%s\", \"part\": \"%s\", \"items\": %lld, \"equal\": %s",
               c.goal.c_str(), c.part.c_str(), static_cast<long long>(c.items),
               equal ? "true" : "false");
  write_list(file_.get(), "ours", ours);
  write_list(file_.get(), "theirs", theirs);
  std::fputs("}\n", file_.get());
  std::fflush(file_.get());
}

void book::note(const std::string& goal, const std::string& part, double ours, double theirs) {
  std::fprintf(file_.get(),
               "{\"goal\": \"%s\", \"part\": \"%s\", \"items\": 1, \"equal\": true, "
               "\"size\": true, \"ours\": [%.9g], \"theirs\": [%.9g]}\n",
               goal.c_str(), part.c_str(), ours, theirs);
  std::fflush(file_.get());
}

void give_up(const error& why) {
  std::fprintf(stderr, "bench: %s\n", std::string(why.message()).c_str());
  std::exit(1);
}

std::size_t heap_bytes() noexcept {
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

}  // namespace guanxi::bench
