// The shape of requests: single rules, and a corpus generated from the descriptors.
#include "services/runtime/server/validate.h"

#include <functional>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.pb.h"
#include "comity/account/v1/contact_service.pb.h"
#include "comity/account/v1/relationship_service.pb.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/gateway/v1/customer_service.pb.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/campaign_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/lead/v1/product_service.pb.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "comity/support/v1/case_service.pb.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kLead[] = "leads/0190f3a1-0000-7000-8000-000000000000";

std::string FieldOf(const absl::Status& status) {
  google::rpc::BadRequest bad;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  if (!payload.has_value() || !bad.ParseFromString(std::string(*payload))) return "none";
  return bad.field_violations(0).field();
}

void ExpectRefused(const Message& request, const std::string& reason, const std::string& field) {
  const absl::Status status = Validate(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << request.DebugString();
  EXPECT_EQ(Reason(status), reason);
  EXPECT_EQ(FieldOf(status), field);
}

lead::v1::CreateLeadRequest SoundLead() {
  lead::v1::CreateLeadRequest request;
  request.mutable_lead()->set_given_name("Zoë\tO'Neill\n李");
  return request;
}

lead::v1::CreateOpportunityRequest SoundOpportunity() {
  lead::v1::CreateOpportunityRequest request;
  auto* opportunity = request.mutable_opportunity();
  opportunity->set_display_name("Roof");
  opportunity->mutable_amount()->set_currency_code("EUR");
  opportunity->mutable_amount()->set_units(5);
  return request;
}

TEST(ValidateTest, SoundRequestsPass) {
  EXPECT_EQ(Validate(SoundLead()), absl::OkStatus());
  EXPECT_EQ(Validate(SoundOpportunity()), absl::OkStatus());
  EXPECT_EQ(Validate(journal::v1::ReadJournalRequest()), absl::OkStatus());
}

TEST(ValidateTest, RequiredFields) {
  ExpectRefused(lead::v1::CreateLeadRequest(), "FIELD_REQUIRED", "lead");
  ExpectRefused(lead::v1::GetLeadRequest(), "FIELD_REQUIRED", "name");
  fact::v1::RecordFactRequest request;
  request.set_parent(kLead);
  request.mutable_fact();
  ExpectRefused(request, "FIELD_REQUIRED", "fact.kind");
  fact::v1::VoidFactRequest voiding;
  voiding.set_name(absl::StrCat(kLead, "/facts/0190f3a1-0000-7000-8000-000000000000"));
  voiding.set_reason(" \t");
  ExpectRefused(voiding, "FIELD_REQUIRED", "reason");
}

TEST(ValidateTest, TheItemsOfABatchAreOnlyCounted) {
  fact::v1::BatchRecordFactsRequest batch;
  batch.add_requests()->mutable_fact();
  EXPECT_EQ(Validate(batch), absl::OkStatus());
  for (int i = 0; i < 200; ++i) batch.add_requests();
  ExpectRefused(batch, "TOO_MANY_ENTRIES", "requests");
}

TEST(ValidateTest, AnUpdateNeedsOnlyWhatItsMaskNames) {
  lead::v1::UpdateLeadRequest request;
  ExpectRefused(request, "FIELD_REQUIRED", "lead");
  request.mutable_lead()->set_name(kLead);
  EXPECT_EQ(Validate(request), absl::OkStatus());
}

TEST(ValidateTest, UnknownFields) {
  lead::v1::CreateLeadRequest request = SoundLead();
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(999, 1);
  ExpectRefused(request, "UNKNOWN_FIELD", "");
  request = SoundLead();
  auto* lead = request.mutable_lead();
  lead->GetReflection()->MutableUnknownFields(lead)->AddLengthDelimited(999, "x");
  ExpectRefused(request, "UNKNOWN_FIELD", "lead");
}

TEST(ValidateTest, TextIsCleanUtf8) {
  for (const std::string& bad :
       {std::string("\xff"), std::string("a\xc3"), std::string("\xc0\xaf"),
        std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"), std::string("\x80")}) {
    lead::v1::CreateLeadRequest request = SoundLead();
    request.mutable_lead()->set_family_name(bad);
    ExpectRefused(request, "INVALID_UTF8", "lead.family_name");
  }
  for (const std::string& bad :
       {std::string("a\0b", 3), std::string("\r\n"), std::string("\x1b[2J"), std::string("\x7f"),
        std::string("\xc2\x85")}) {
    lead::v1::CreateLeadRequest request = SoundLead();
    request.mutable_lead()->set_family_name(bad);
    ExpectRefused(request, "CONTROL_CHARACTER", "lead.family_name");
  }
}

TEST(ValidateTest, PageSizes) {
  lead::v1::ListLeadsRequest list;
  list.set_page_size(500);
  EXPECT_EQ(Validate(list), absl::OkStatus());
  list.set_page_size(501);
  ExpectRefused(list, "PAGE_SIZE_OUT_OF_RANGE", "page_size");
  list.set_page_size(-1);
  ExpectRefused(list, "PAGE_SIZE_OUT_OF_RANGE", "page_size");
  journal::v1::ReadJournalRequest journal;
  journal.set_page_size(1000);
  EXPECT_EQ(Validate(journal), absl::OkStatus());
  journal.set_page_size(1001);
  ExpectRefused(journal, "PAGE_SIZE_OUT_OF_RANGE", "page_size");
}

TEST(ValidateTest, NamesOfTheRightCollection) {
  lead::v1::GetLeadRequest request;
  for (const char* name : {"leads/x", "cases/0190f3a1-0000-7000-8000-000000000000", "x", "leads/",
                           "leads/0190F3A1-0000-7000-8000-000000000000"}) {
    request.set_name(name);
    ExpectRefused(request, "INVALID_NAME", "name");
  }
  request.set_name(kLead);
  EXPECT_EQ(Validate(request), absl::OkStatus());
}

TEST(ValidateTest, EnumsTimesDatesAndMoney) {
  fact::v1::RecordFactRequest request;
  request.set_parent(kLead);
  request.mutable_fact()->set_kind(static_cast<fact::v1::FactKind>(9999));
  ExpectRefused(request, "UNKNOWN_ENUM_VALUE", "fact.kind");
  request.mutable_fact()->set_kind(fact::v1::FACT_KIND_NOTE);
  request.mutable_fact()->mutable_occur_time()->set_nanos(-1);
  ExpectRefused(request, "INVALID_TIMESTAMP", "fact.occur_time");
  request.mutable_fact()->mutable_occur_time()->set_nanos(0);
  request.mutable_fact()->mutable_occur_time()->set_seconds(253402300800);
  ExpectRefused(request, "INVALID_TIMESTAMP", "fact.occur_time");
  request.mutable_fact()->clear_occur_time();
  auto* date = request.mutable_fact()->mutable_close_date();
  date->set_year(2026);
  date->set_month(2);
  date->set_day(29);
  ExpectRefused(request, "INVALID_DATE", "fact.close_date");
  date->set_day(28);
  EXPECT_EQ(Validate(request), absl::OkStatus());
}

TEST(ValidateTest, MoneyHasACodeARangeAndOneSign) {
  const auto refused = [](const std::string& code, int64_t units, int32_t nanos) {
    lead::v1::CreateOpportunityRequest request = SoundOpportunity();
    auto* amount = request.mutable_opportunity()->mutable_amount();
    amount->set_currency_code(code);
    amount->set_units(units);
    amount->set_nanos(nanos);
    return Reason(Validate(request)) == "INVALID_MONEY";
  };
  EXPECT_FALSE(refused("EUR", -1, -5));
  EXPECT_FALSE(refused("EUR", 1000000000000000, 0));
  EXPECT_TRUE(refused("eur", 1, 0));
  EXPECT_TRUE(refused("", 1, 0));
  EXPECT_TRUE(refused("EURO", 1, 0));
  EXPECT_TRUE(refused("EUR", 1, -1));
  EXPECT_TRUE(refused("EUR", -1, 1));
  EXPECT_TRUE(refused("EUR", 0, 1000000000));
  EXPECT_TRUE(refused("EUR", 1000000000000001, 0));
  EXPECT_TRUE(refused("EUR", INT64_MIN, 0));
}

TEST(ValidateTest, MapsAreBoundedInEntriesKeysAndValues) {
  const auto reason_of = [](const std::map<std::string, std::string>& attributes) {
    lead::v1::CreateLeadRequest request = SoundLead();
    for (const auto& [key, value] : attributes) {
      (*request.mutable_lead()->mutable_attributes())[key] = value;
    }
    return Reason(Validate(request));
  };
  std::map<std::string, std::string> many;
  for (int i = 0; i < 64; ++i) many[absl::StrCat("k", i)] = std::string(1024, 'v');
  EXPECT_EQ(reason_of(many), "");
  // What an import remembers has room beside them.
  many["import.said"] = std::string(1024, '0');
  EXPECT_EQ(reason_of(many), "");
  many["k64"] = "v";
  EXPECT_EQ(reason_of(many), "TOO_MANY_ENTRIES");
  many.erase("import.said");
  EXPECT_EQ(reason_of(many), "TOO_MANY_ENTRIES");
  EXPECT_EQ(reason_of({{"k", std::string(1025, 'v')}}), "FIELD_TOO_LONG");
  EXPECT_EQ(reason_of({{std::string(129, 'k'), "v"}}), "FIELD_TOO_LONG");
  EXPECT_EQ(reason_of({{"k", "a\x01"}}), "CONTROL_CHARACTER");
}

// Every string and repeated field of a message type, one above and far above any bound: each must
// be refused, whatever else the request lacks.
class Corpus {
 public:
  int tried = 0;

  void Try(const Message& prototype) {
    Walk(
        prototype, [](std::unique_ptr<Message> inner) { return inner; }, 0);
  }

 private:
  using Wrap = std::function<std::unique_ptr<Message>(std::unique_ptr<Message>)>;

  void Walk(const Message& prototype, const Wrap& wrap, int depth) {
    const auto* descriptor = prototype.GetDescriptor();
    for (int i = 0; depth < 4 && i < descriptor->field_count(); ++i) {
      const FieldDescriptor* field = descriptor->field(i);
      if (field->is_map()) continue;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        // The items of a batch are tried as the requests that they are.
        const bool is_batch = field->message_type()->FindFieldByName("request_id") != nullptr;
        if (!is_batch) Descend(prototype, field, wrap, depth);
        if (field->is_repeated()) Overfill(prototype, field, wrap);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        field->is_repeated() ? Overfill(prototype, field, wrap) : Overlong(prototype, field, wrap);
      }
    }
  }
  void Descend(const Message& prototype, const FieldDescriptor* field, const Wrap& wrap,
               int depth) {
    const Message* inner =
        prototype.GetReflection()->GetMessageFactory()->GetPrototype(field->message_type());
    const Wrap deeper = [&](std::unique_ptr<Message> message) {
      std::unique_ptr<Message> outer(prototype.New());
      Message* place = field->is_repeated()
                           ? outer->GetReflection()->AddMessage(outer.get(), field)
                           : outer->GetReflection()->MutableMessage(outer.get(), field);
      place->CopyFrom(*message);
      return wrap(std::move(outer));
    };
    Walk(*inner, deeper, depth + 1);
  }
  void Overlong(const Message& prototype, const FieldDescriptor* field, const Wrap& wrap) {
    const int stated = field->options().GetExtension(type::v1::field).max();
    std::unique_ptr<Message> message(prototype.New());
    const size_t size = static_cast<size_t>(stated > 0 ? stated : kLongestString) + 1;
    message->GetReflection()->SetString(message.get(), field, std::string(size, 'a'));
    Expect(*wrap(std::move(message)), "FIELD_TOO_LONG", field);
  }
  void Overfill(const Message& prototype, const FieldDescriptor* field, const Wrap& wrap) {
    const int stated = field->options().GetExtension(type::v1::field).max();
    std::unique_ptr<Message> message(prototype.New());
    for (int i = 0; i <= (stated > 0 ? stated : kMostEntries); ++i) {
      field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
          ? (void)message->GetReflection()->AddMessage(message.get(), field)
          : message->GetReflection()->AddString(message.get(), field, "a");
    }
    Expect(*wrap(std::move(message)), "TOO_MANY_ENTRIES", field);
  }
  // A required field or a range that comes first may refuse it instead; never may it pass.
  void Expect(const Message& request, const std::string& reason, const FieldDescriptor* field) {
    ++tried;
    const absl::Status status = Validate(request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << field->full_name();
    EXPECT_TRUE(Reason(status) == reason || Reason(status) == "FIELD_REQUIRED" ||
                absl::StartsWith(Reason(status), "INVALID_"))
        << field->full_name() << ": " << status;
  }
};

TEST(ValidateTest, EveryFieldOfEveryRequestIsBounded) {
  Corpus corpus;
  const std::vector<const Message*> linked = {
      &lead::v1::CreateLeadRequest::default_instance(),
      &lead::v1::CreateOpportunityRequest::default_instance(),
      &lead::v1::CreateCampaignRequest::default_instance(),
      &lead::v1::CreateProductRequest::default_instance(),
      &account::v1::CreateAccountRequest::default_instance(),
      &account::v1::CreateContactRequest::default_instance(),
      &account::v1::CreateRelationshipRequest::default_instance(),
      &gateway::v1::GetCustomerRequest::default_instance(),
      &fact::v1::RecordFactRequest::default_instance(),
      &judgement::v1::JudgeRequest::default_instance(),
      &journal::v1::ReadJournalRequest::default_instance(),
      &gateway::v1::CreatePersonRequest::default_instance(),
      &reporting::v1::GetWinRateRequest::default_instance(),
      &support::v1::CreateCaseRequest::default_instance()};
  for (const Message* message : linked) {
    const auto* file = message->GetDescriptor()->file();
    for (int i = 0; i < file->message_type_count(); ++i) {
      if (!absl::EndsWith(file->message_type(i)->name(), "Request")) continue;
      corpus.Try(*google::protobuf::MessageFactory::generated_factory()->GetPrototype(
          file->message_type(i)));
    }
  }
  EXPECT_GT(corpus.tried, 300);
}

}  // namespace
}  // namespace comity::server
