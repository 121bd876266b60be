// X1: readers beside a writer. On SQLite and on the memory store, what four readers get done beside
// a writer, as a part of what they get done alone; and how long the slowest of a hundred lists
// takes, beside the same by hand.
#include "goals.hpp"

#include "by_hand/sqlite.hpp"
#include "shop.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace guanxi::bench {
namespace {

using steady = std::chrono::steady_clock;
constexpr std::size_t reader_count = 4;

/// What one reader does: gives the digest of what it has read.
using reading = std::function<std::uint64_t(std::size_t reader)>;

/// Commits one change after the other on a thread of its own, from before its readers begin until
/// after they have ended.
class writer {
 public:
  writer(std::function<void()> commit, std::chrono::microseconds every)
      : thread_([this, commit = std::move(commit), every] {
          for (auto next = steady::now() + every; !over_; next += every) {
            commit();
            ++committed_;
            committed_.notify_one();
            std::this_thread::sleep_until(next);
          }
        }) {
    committed_.wait(0);
  }
  ~writer() {
    over_ = true;
    thread_.join();
  }
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  std::int64_t committed() const noexcept { return committed_; }

 private:
  std::atomic<bool> over_ = false;
  std::atomic<std::int64_t> committed_ = 0;
  std::thread thread_;  // the last, for it uses the others
};

/// Readers at once, each on a thread; the digest of all that they have read.
std::uint64_t read_at_once(std::size_t readers, const reading& one) {
  std::vector<std::uint64_t> found(readers);
  std::vector<std::thread> all;
  for (std::size_t r = 0; r < readers; ++r) all.emplace_back([&, r] { found[r] = one(r); });
  for (std::thread& t : all) t.join();
  digest out;
  for (std::uint64_t each : found) out.add(static_cast<std::int64_t>(each));
  return out.value();
}

/// How long each of many calls took, by reader.
class times {
 public:
  explicit times(std::size_t readers) : taken_(readers) {}
  void clear() {
    for (auto& list : taken_) list.clear();
  }
  template <class Call>
  void time(std::size_t reader, Call&& call) {
    const auto begun = steady::now();
    call();
    taken_[reader].push_back(std::chrono::duration<double>(steady::now() - begun).count());
  }
  /// Of a hundred calls, ninety-nine took no longer.
  double p99() const {
    std::vector<double> all;
    for (const auto& list : taken_) all.insert(all.end(), list.begin(), list.end());
    const auto at = all.begin() + static_cast<std::ptrdiff_t>((all.size() * 99 + 99) / 100 - 1);
    std::nth_element(all.begin(), at, all.end());
    return *at;
  }

 private:
  std::vector<std::vector<double>> taken_;
};

class reader_goals {
 public:
  reader_goals(const settings& how, book& into)
      : how_(how), book_(into), all_(make_deals(how.rows)), ours_path_(how.folder + "/readers.gx"),
        theirs_path_(how.folder + "/readers.sqlite"), next_(all_.list.back().id + 1) {
    make_files(all_, ours_path_, theirs_path_);
  }

  void run() {
    {
      shop file(store_kind::sqlite, ours_path_);
      // A connection a thread is how one would do it by hand.
      for (std::size_t i = 0; i < reader_count; ++i)
        by_hand_.push_back(std::make_unique<hand_sqlite>(theirs_path_));
      hand_sqlite hand_writer(theirs_path_);
      const auto by_hand = [&] { commit_by_hand(hand_writer); };
      gets_by_hand(by_hand);
      gets("4 readers beside a writer", file, 1);
      gets("4 readers beside a writer, readings of 100", file, 100);
      lists("p99 of a list, 1 reader beside a writer", file, 1, by_hand);
      lists("p99 of a list, 4 readers beside a writer", file, reader_count, by_hand);
    }
    shop memory(store_kind::memory, "");
    memory.furnish(all_);
    memory.load(all_.list);
    gets("4 readers beside a writer, memory", memory, 1);
  }

 private:
  comparison named(const char* part, std::size_t items) const {
    return {.goal = "X1", .part = part, .items = static_cast<std::int64_t>(items), .ours = {},
            .theirs = {}, .pairs = how_.pairs, .wall = true};
  }
  std::size_t gets_each() const { return std::min<std::size_t>(all_.list.size(), 40'000); }
  std::int64_t id_at(std::size_t reader, std::size_t i) const {
    return all_.list[(i * 7'919 + reader * 104'729) % all_.list.size()].id;
  }
  /// Owners of some 150 deals each, where there are many; never the writer's.
  std::int64_t owner_at(std::size_t reader, std::size_t i) const {
    const auto n = static_cast<std::int64_t>(i + reader * 13) % 50;
    return first_user + (all_.users / 10 + n) % (all_.users - 1);
  }
  /// A deal that no reader looks for, so that what they answer is known.
  deal fresh() {
    const std::int64_t number = next_++;
    deal d = all_.list[static_cast<std::size_t>(number) % all_.list.size()];
    d.id = number;
    d.owner = first_user + all_.users - 1;
    return d;
  }
  void commit_by_hand(hand_sqlite& to) {
    const deal d = fresh();
    to.begin();
    to.insert(d);
    to.commit();
  }
  std::function<void()> writing(shop& to) {
    return [this, &to, s = std::make_shared<session>(to.another())] {
      need(s->create(draft_of(to.deals_entity(), to.slots(), fresh())));
    };
  }

  /// The same readers alone and beside a writer, who writes as fast as it can. A writer that has
  /// committed nothing is a wrong answer.
  void beside(const char* part, const reading& one, const std::function<void()>& commit) {
    comparison c = named(part, gets_each() * reader_count);
    c.theirs.work = [&] { return read_at_once(reader_count, one); };
    std::optional<writer> other;
    double taken = 0;
    c.ours.work = [&] {
      other.emplace(commit, std::chrono::microseconds(0));
      const std::int64_t before = other->committed();
      const auto begun = steady::now();
      const std::uint64_t found = read_at_once(reader_count, one);
      taken = std::chrono::duration<double>(steady::now() - begun).count();
      const bool wrote = other->committed() > before || how_.rows < 10'000;
      other.reset();
      return wrote ? found : 0;
    };
    // Waiting for the writer's last commit is none of the readers' time.
    c.ours.seconds = [&] { return taken; };
    book_.compare(c);
  }

  void gets(const char* part, shop& from, std::size_t held) {
    std::vector<session> readers;
    for (std::size_t i = 0; i < reader_count; ++i) readers.push_back(from.reader());
    beside(part, [&, held](std::size_t reader) {
      session& s = readers[reader];
      digest out;
      for (std::size_t i = 0; i < gets_each(); ++i) {
        if (held > 1 && i % held == 0) need(s.begin_reading());
        add(out, need(s.get("x_deal", id{id_at(reader, i)})), from.slots());
        if (held > 1 && (i % held == held - 1 || i + 1 == gets_each())) need(s.end_reading());
      }
      return out.value();
    }, writing(from));
  }

  void gets_by_hand(const std::function<void()>& commit) {
    beside("4 readers beside a writer, by hand", [&](std::size_t reader) {
      digest out;
      for (std::size_t i = 0; i < gets_each(); ++i) by_hand_[reader]->get(id_at(reader, i), out);
      return out.value();
    }, commit);
  }

  /// Lists of the newest 50 deals of an owner, beside a writer of either side; both write equally
  /// often, for the quicker one would hinder its own readers more.
  void lists(const char* part, shop& from, std::size_t readers, const std::function<void()>& hand) {
    constexpr std::chrono::microseconds every(2'000);
    const std::size_t each =
        std::clamp<std::size_t>(all_.list.size() / 20, 20, 2'000) / readers;
    const std::string text = std::string("select ") + deal_fields +
                             " from x_deal where owner = :o "
                             "order by close_date desc, id desc limit 50";
    std::vector<session> sessions;
    for (std::size_t i = 0; i < readers; ++i) sessions.push_back(from.reader());
    times took(readers);
    const auto side_of = [&](const reading& one, const std::function<void()>& commit) {
      side s;
      s.work = [&, one, commit] {
        took.clear();
        const writer other(commit, every);
        return read_at_once(readers, one);
      };
      s.seconds = [&] { return took.p99(); };
      return s;
    };
    comparison c = named(part, 1);
    c.theirs = side_of([&](std::size_t reader) {
      digest out;
      for (std::size_t i = 0; i < each; ++i)
        took.time(reader, [&] { by_hand_[reader]->newest(owner_at(reader, i), out); });
      return out.value();
    }, hand);
    c.ours = side_of([&](std::size_t reader) {
      digest out;
      for (std::size_t i = 0; i < each; ++i)
        took.time(reader, [&] {
          const rows r =
              need(sessions[reader].query(text, {{"o", id{owner_at(reader, i)}, {}, false}}));
          for (std::size_t row = 0; row < r.size(); ++row) add(out, r, row);
        });
      return out.value();
    }, writing(from));
    book_.compare(c);
  }

  const settings& how_;
  book& book_;
  const deals all_;
  const std::string ours_path_, theirs_path_;
  std::vector<std::unique_ptr<hand_sqlite>> by_hand_;
  std::int64_t next_;
};

}  // namespace

void measure_readers(const settings& how, book& into) {
  if (how.wants("X1")) reader_goals(how, into).run();
}

}  // namespace guanxi::bench
