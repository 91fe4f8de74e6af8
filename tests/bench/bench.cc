// Measures a running suite; scripts/bench starts one and calls this. Speeds are shown beside the
// same SQL issued directly and beside an empty call in the same run: machines differ, ratios less.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tests/bench/cases.h"
#include "tests/bench/freshness.h"
#include "tests/bench/metrics.h"

namespace comity::bench {
namespace {

struct Options {
  std::string profile;
  std::string data_folder;  // of scripts/run: sockets, secrets, pids
  std::vector<int> callers = {1, 8, 32, 64};
  double seconds = 3;
  int leads = 100'000;
  int opportunities = 100'000;
  std::string json;
  std::string only;
};

struct Case {
  std::string name;
  MakeCaller make;
  std::vector<std::string> processes;  // whose CPU counts; none: this one's
};

constexpr char kDatabase[] = "mariadb";

std::string ReadWord(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

int PidOf(const Options& options, const std::string& process) {
  const std::string word = ReadWord(absl::StrCat(options.data_folder, "/run/", process, ".pid"));
  return word.empty() ? 0 : std::atoi(word.c_str());
}

double CpuOf(const Options& options, const std::vector<std::string>& processes) {
  if (processes.empty()) return CpuSeconds(getpid());
  double seconds = 0;
  for (const std::string& process : processes) seconds += CpuSeconds(PidOf(options, process));
  return seconds;
}

double Millis(absl::Duration duration) { return absl::ToDoubleMilliseconds(duration); }

storage::DatabaseOptions LeadDatabase(const Options& options) {
  storage::DatabaseOptions database;
  database.socket = absl::StrCat(options.data_folder, "/mariadb.sock");
  database.database = "comity_lead";
  database.user = "comity_lead_run";
  database.password = ReadWord(absl::StrCat(options.data_folder, "/secrets/lead_run.password"));
  return database;
}

// Of all databases so far.
int64_t Commits(const Options& options) {
  const auto session = storage::Session::Open(LeadDatabase(options));
  if (!session.ok()) return 0;
  const auto rows = (*session)->Query(
      "SELECT CAST(VARIABLE_VALUE AS INT) FROM information_schema.GLOBAL_STATUS "
      "WHERE VARIABLE_NAME = 'COM_COMMIT'",
      {});
  return rows.ok() && (*rows)->Next() ? (*rows)->Int(0) : 0;
}

// What the services have answered so far, by their own count: calls of callers and of each other.
double CallsAnswered(const Options& options) {
  double calls = 0;
  for (const char* name : {"lead", "account", "support", "reporting", "gateway"}) {
    calls += SumOfCounter(MetricsAddressOf(PidOf(options, name)), "comity_calls_total");
  }
  return calls;
}

void PrintHeader() {
  std::printf("%-26s %7s %10s %9s %9s %12s %14s %8s %8s %8s\n", "call", "callers", "calls/s",
              "p50 ms", "p99 ms", "CPU us/call", "DB CPU us/call", "commits", "calls", "failed");
}

// What was used and done so far.
struct Totals {
  double cpu = 0;  // seconds
  double database_cpu = 0;
  double commits = 0;
  double calls = 0;
};

Totals TotalsOf(const Options& options, const Case& what) {
  return {CpuOf(options, what.processes), CpuOf(options, {kDatabase}),
          static_cast<double>(Commits(options)), CallsAnswered(options)};
}

nlohmann::json Measure(const Options& options, const Case& what, int callers) {
  Totals before;
  const auto made = [&] { before = TotalsOf(options, what); };
  const absl::Duration duration = absl::Seconds(options.seconds);
  const LoadResult result = RunLoad(callers, duration / 4, duration, what.make, made);
  const Totals after = TotalsOf(options, what);
  // The warm-up's share is in the difference: scaled by its share of the time.
  const double scale = result.calls == 0 ? 0 : 1 / 1.25 / static_cast<double>(result.calls);
  const double micros = (after.cpu - before.cpu) * scale * 1e6;
  const double database_micros = (after.database_cpu - before.database_cpu) * scale * 1e6;
  const double commits = (after.commits - before.commits) * scale;
  const double calls = (after.calls - before.calls) * scale;
  std::printf("%-26s %7d %10.0f %9.2f %9.2f %12.0f %14.0f %8.2f %8.2f %8ld\n", what.name.c_str(),
              callers, result.calls_per_second, Millis(result.p50), Millis(result.p99), micros,
              database_micros, commits, calls, static_cast<long>(result.failures));
  if (result.failures > 0) std::printf("  first failure: %s\n", result.first_failure.c_str());
  std::fflush(stdout);
  return {{"call", what.name},
          {"callers", callers},
          {"calls_per_second", result.calls_per_second},
          {"p50_ms", Millis(result.p50)},
          {"p99_ms", Millis(result.p99)},
          {"cpu_us", micros},
          {"database_cpu_us", database_micros},
          {"commits", commits},
          {"calls", calls},
          {"failures", result.failures}};
}

std::vector<Case> Cases(const Options& options, const Suite& suite, const Data& data) {
  const storage::DatabaseOptions database = LeadDatabase(options);
  return {
      {"empty call", EmptyCall(suite), {"reporting"}},
      {"CreateLead", CreateLead(suite), {"lead"}},
      {"CreateLead, SQL directly", DirectCreateLead(database), {}},
      {"GetLead", GetLead(suite, data), {"lead"}},
      {"GetLead, SQL directly", DirectGetLead(database, data), {}},
      {"ListLeads page 1", ListLeads(suite, ""), {"lead"}},
      {"ListLeads page 1,000", ListLeads(suite, data.page_1000), {"lead"}},
      {"ListLeads, SQL directly", DirectListLeads(database), {}},
      {"Judge", Judge(suite, data), {"lead"}},
      {"Judge, settled anew", JudgeAndSettle(suite, data), {"lead"}},
      {"Judge, SQL directly", DirectJudge(database, data), {}},
      {"GetCustomer",
       GetCustomer(suite, data),
       {"gateway", "account", "lead", "support", "reporting"}},
      {"win rate by owner", WinRate(suite), {"reporting"}},
      {"preview of a proposal", PreviewProposal(suite), {"gateway", "reporting"}},
      {"ConvertLead", ConvertLead(suite), {"gateway", "lead", "account"}},
      {"OnboardCustomer", OnboardCustomer(suite), {"gateway", "lead", "account", "support"}},
      {"offer and acceptance", OfferAndAccept(suite), {"gateway", "lead"}},
      {"credit statement", DrawCredit(suite), {"gateway", "lead"}},
  };
}

// 0 where it was not measured.
double NumberOf(const nlohmann::json& rows, const std::string& call, int callers,
                const char* number) {
  for (const auto& row : rows) {
    if (row["call"] == call && row["callers"] == callers) return row[number];
  }
  return 0;
}

double RateOf(const nlohmann::json& rows, const std::string& call, int callers) {
  return NumberOf(rows, call, callers, "calls_per_second");
}

void PrintRatio(const nlohmann::json& rows, const std::string& call, const std::string& to,
                int callers) {
  const double base = RateOf(rows, to, callers);
  if (base == 0) return;
  std::printf("  %-22s to %-26s at %2d callers: %5.1f %%\n", call.c_str(), to.c_str(), callers,
              100 * RateOf(rows, call, callers) / base);
}

void PrintRatios(const nlohmann::json& rows, const std::vector<int>& callers) {
  std::printf("\nratios\n");
  for (const int n : callers) {
    PrintRatio(rows, "CreateLead", "CreateLead, SQL directly", n);
    PrintRatio(rows, "Judge, settled anew", "Judge", n);
    PrintRatio(rows, "Judge", "Judge, SQL directly", n);
    PrintRatio(rows, "GetLead", "GetLead, SQL directly", n);
    PrintRatio(rows, "GetLead", "empty call", n);
    PrintRatio(rows, "ListLeads page 1", "ListLeads, SQL directly", n);
    PrintRatio(rows, "ListLeads page 1,000", "ListLeads page 1", n);
  }
}

// What the project wants of a quiet machine with two cores.
struct Goal {
  const char* call;
  int callers;
  const char* number;
  double bound;
  bool at_most;
};

constexpr Goal kGoals[] = {{"CreateLead", 32, "calls_per_second", 2'500, false},
                           {"GetLead", 32, "calls_per_second", 5'500, false},
                           {"ListLeads page 1", 32, "calls_per_second", 1'700, false},
                           {"win rate by owner", 32, "calls_per_second", 2'000, false},
                           {"preview of a proposal", 1, "p50_ms", 5'000, true},
                           {"ConvertLead", 32, "calls_per_second", 150, false},
                           {"ConvertLead", 1, "p50_ms", 20, true}};

void PrintGoals(const nlohmann::json& rows) {
  std::printf("\ngoals, on a quiet machine with two cores\n");
  for (const Goal& goal : kGoals) {
    const double number = NumberOf(rows, goal.call, goal.callers, goal.number);
    if (number == 0) continue;
    const bool met = goal.at_most ? number <= goal.bound : number >= goal.bound;
    std::printf("  %-22s at %2d callers: %-16s %8.1f, wanted %s %.0f%s\n", goal.call, goal.callers,
                goal.number, number, goal.at_most ? "at most" : "at least", goal.bound,
                met ? "" : ": not met");
  }
}

void PrintMemory(const Options& options) {
  std::printf("\nresident memory\n");
  for (const char* name : {"lead", "account", "support", "reporting", "gateway", kDatabase}) {
    const double mebibytes = ResidentBytes(PidOf(options, name)) / 1048576.0;
    std::printf("  %-10s %6.0f MiB\n", name, mebibytes);
  }
}

int Run(const Options& options) {
  const auto suite = Suite::Open(options.profile);
  if (!suite.ok()) {
    std::fprintf(stderr, "%s\n", suite.status().ToString().c_str());
    return 1;
  }
  const auto data = Fill(**suite, options.leads, options.opportunities);
  if (!data.ok()) {
    std::fprintf(stderr, "filling: %s\n", data.status().ToString().c_str());
    return 1;
  }
  nlohmann::json rows = nlohmann::json::array();
  WaitUntilFresh(**suite);
  PrintHeader();
  for (const Case& what : Cases(options, **suite, *data)) {
    if (!absl::StrContains(what.name, options.only)) continue;
    for (const int callers : options.callers) rows.push_back(Measure(options, what, callers));
  }
  PrintRatios(rows, options.callers);
  PrintGoals(rows);
  if (options.only.empty()) MeasureFreshness(**suite);
  PrintMemory(options);
  if (!options.json.empty()) std::ofstream(options.json) << rows.dump(2) << "\n";
  return 0;
}

}  // namespace
}  // namespace comity::bench

int main(int argc, char** argv) {
  comity::bench::Options options;
  CLI::App app("Measures a running suite");
  app.add_option("--profile", options.profile, "profile of the suite")->required();
  app.add_option("--data", options.data_folder, "data folder of scripts/run")->required();
  app.add_option("--callers", options.callers, "numbers of callers")->delimiter(',');
  app.add_option("--seconds", options.seconds, "how long each measurement takes");
  app.add_option("--leads", options.leads, "leads to measure on");
  app.add_option("--opportunities", options.opportunities, "opportunities to measure on");
  app.add_option("--json", options.json, "also write the numbers to this file");
  app.add_option("--only", options.only, "only calls whose name contains this, e.g. GetLead");
  CLI11_PARSE(app, argc, argv);
  return comity::bench::Run(options);
}
