#include "support/workers.hpp"

#include "support/fault_loop.hpp"
#include "support/stores.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

namespace guanxi::test {

namespace {

/// It lies beside the test program.
std::string worker_program() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "guanxi_store_worker")
      .string();
}

}  // namespace

void workers::start(int how_many) {
  for (int i = 0; i < how_many; ++i) {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) return complaints_.push_back("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = worker_program(), prefix = "w" + std::to_string(++started_),
                seed = std::to_string(random_());
    char* const arguments[] = {program.data(), path_.data(), prefix.data(), seed.data(), nullptr};
    process& p = running_.emplace_back();
    if (posix_spawn(&p.number, program.c_str(), &actions, nullptr, arguments, environ) != 0) {
      running_.pop_back();
      complaints_.push_back("cannot start " + program);
    } else {
      p.output = ends[0];
    }
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
  }
}

void workers::take(const std::string& line) {
  if (line.starts_with("ok ")) {
    pairs_.insert(line.substr(3));
  } else if (line.starts_with("set ")) {
    const std::size_t end = line.rfind(' ');
    sets_[line.substr(4, end - 4)] = std::strtoll(line.c_str() + end, nullptr, 10);
  } else {
    complaints_.push_back("a worker says: " + line);
  }
}

void workers::listen(process& p) {
  char some[4096];
  const ssize_t got = read(p.output, some, sizeof some);
  if (got <= 0) return;
  p.said.append(some, static_cast<std::size_t>(got));
  for (std::size_t end; (end = p.said.find('\n')) != std::string::npos; ++p.lines) {
    take(p.said.substr(0, end));
    p.said.erase(0, end + 1);
  }
}

void workers::let_work(int milliseconds) {
  constexpr int longest_wait_ms = 60'000;
  const auto listen_to = [](process& p, int wait_ms) {
    pollfd on{p.output, POLLIN, 0};
    return poll(&on, 1, wait_ms) > 0;
  };
  for (process& p : running_)
    while (p.lines == 0) {
      if (!listen_to(p, longest_wait_ms)) return complaints_.push_back("a worker says nothing");
      const std::size_t before = p.said.size();
      listen(p);
      if (p.lines == 0 && p.said.size() == before)
        return complaints_.push_back("a worker ended by itself");
    }
  const auto stop = std::chrono::steady_clock::now() +
                    std::chrono::microseconds(milliseconds * 500 +
                                              static_cast<int>(random_() % 1000) * milliseconds);
  while (std::chrono::steady_clock::now() < stop) {
    for (process& p : running_)
      if (listen_to(p, 0)) listen(p);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void workers::kill_all() {
  for (process& p : running_) kill(p.number, SIGKILL);
  for (process& p : running_) {
    waitpid(p.number, nullptr, 0);
    for (std::size_t lines = p.lines + 1; lines != p.lines;) {
      lines = p.lines;
      const std::size_t size = p.said.size();
      listen(p);
      if (p.said.size() != size) ++lines;
    }
    close(p.output);
  }
  running_.clear();
}

std::vector<std::string> workers::compare() {
  std::vector<std::string> out = std::exchange(complaints_, {});
  auto crm = open(path_, {.create = false});
  if (!crm) {
    out.push_back("cannot be opened: " + std::string(crm.error().message()));
    return out;
  }
  const session s = crm->as_system("test");
  auto all = s.query("select name from account");
  // Of those alone that were set: others have long ones.
  std::vector<value> changed;
  for (const auto& [name, number] : sets_) changed.push_back(value(name + " a"));
  auto some = s.query("select name, description from account where name in :names",
                      {{.name = "names", .list = changed, .is_list = true}});
  if (!all || !some) {
    out.push_back(std::string((all ? some : all).error().message()));
    return out;
  }
  std::map<std::string, std::string> there;
  for (std::size_t i = 0; i < all->size(); ++i) there[all->at(i, 0).to_string()];
  for (std::size_t i = 0; i < some->size(); ++i)
    there[some->at(i, 0).to_string()] = some->at(i, 1).to_string();
  for (const auto& [name, description] : there)
    if (name.ends_with(" a") && !there.contains(name.substr(0, name.size() - 1) + "b"))
      out.push_back("`" + name + "` is there without its other half");
  for (const std::string& name : pairs_) {
    if (!there.contains(name + " a") || !there.contains(name + " b"))
      out.push_back("`" + name + "` was acknowledged and is lost");
  }
  for (const auto& [name, number] : sets_) {
    // A later change may have been committed and not been acknowledged any more.
    const std::int64_t kept = std::strtoll(there[name + " a"].c_str(), nullptr, 10);
    if (kept < number) out.push_back("the change of `" + name + "` was acknowledged and is lost");
  }
  return out;
}

}  // namespace guanxi::test
