// A process that writes to a store until it is killed, and says what was acknowledged.
//
//   guanxi_store_worker <path> <prefix> <seed>
//   ok <prefix>.7     a transaction of two records, "<prefix>.7 a" and "<prefix>.7 b", is committed
//   set <prefix>.7 9  the description of "<prefix>.7 a" is "9"
//   error <text>      what must not happen; it ends
#include <guanxi/guanxi.hpp>

#include <unistd.h>

#include <cstdlib>
#include <random>
#include <string>

using namespace guanxi;

namespace {

/// In one piece, so that a kill leaves no half of a line.
void say(const std::string& line) {
  const std::string text = line + "\n";
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) std::_Exit(1);
}

[[noreturn]] void give_up(const error& why) {
  say("error " + std::string(why.message()));
  std::_Exit(1);
}

/// Whether it was done; a store that is busy is no fault.
template <class T>
bool done(const result<T>& r) {
  if (!r && r.error().code() != errc::busy) give_up(r.error());
  return r.has_value();
}

class worker {
 public:
  worker(session s, std::string prefix, std::uint64_t seed)
      : session_(std::move(s)), prefix_(std::move(prefix)), random_(seed) {}

  [[noreturn]] void run() {
    for (int n = 1;; ++n) {
      const std::uint64_t what = random_() % 20;
      if (what < 12) add(n, 40);
      else if (what == 12) add(n, 100'000);  // so that the log is tidied now and then
      else if (what < 18 && last_key_) set(n);
      else look();
    }
  }

 private:
  void add(int n, std::size_t size) {
    const std::string name = prefix_ + "." + std::to_string(n);
    if (!done(session_.begin())) return;
    id first;
    for (const char* half : {" a", " b"}) {
      auto made = session_.create(crm::account::entity,
                                  {crm::account::name = name + half,
                                   crm::account::description = std::string(size, 'x')});
      if (!made) give_up(made.error());
      if (!first) first = made->key();
    }
    if (auto ok = session_.commit(); !ok) give_up(ok.error());
    last_key_ = first, last_name_ = name;
    say("ok " + name);
  }
  void set(int n) {
    schema::draft d = session_.draft("account").value();
    d.set(crm::account::description = std::to_string(n));
    if (done(session_.change(last_key_, d))) say("set " + last_name_ + " " + std::to_string(n));
  }
  void look() {
    if (auto seen = session_.query("select count(), max(modified_at) from account"); !seen)
      give_up(seen.error());
  }

  session session_;
  std::string prefix_;
  std::mt19937_64 random_;
  id last_key_;
  std::string last_name_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  auto crm = open(arguments[1], {.busy_timeout_ms = 60'000});
  if (!crm) give_up(crm.error());
  auto s = crm->as_user("admin");
  if (!s) give_up(s.error());
  worker(std::move(*s), arguments[2], std::strtoull(arguments[3], nullptr, 10)).run();
}
