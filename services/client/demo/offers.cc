// What the company sells, and how marketing speaks of it.
#include "comity/lead/v1/campaign_service.pb.h"
#include "comity/lead/v1/product_service.pb.h"
#include "services/client/demo/calendar.h"
#include "services/client/demo/draftsman.h"

namespace comity::client {
namespace {

struct ProductPlan {
  const char* name;
  const char* series;
  int64_t price;
  bool membership;
};

constexpr ProductPlan kProducts[] = {{"Harbour One", "Harbour", 480, false},
                                     {"Harbour Pro", "Harbour", 4900, false},
                                     {"Harbour Max", "Harbour", 24500, false},
                                     {"Tide Basic", "Tide", 90, false},
                                     {"Tide Plus", "Tide", 1250, false},
                                     {"Tide Lab", "Tide", 11800, false},
                                     {"Care contract", "Service", 960, false},
                                     {"Training day", "Service", 1400, false},
                                     {"Patron", "Membership", 500, true},
                                     {"Membership, family", "Membership", 95, true},
                                     {"Membership, person", "Membership", 60, true}};

void MakeProducts(Draftsman* d) {
  Phase* phase = d->AddPhase("products", "comity.lead.v1.ProductService/BatchCreateProducts");
  const Identity as = StewardOf("departments/sales");
  for (const ProductPlan& plan : kProducts) {
    DemoProduct made{absl::StrCat("product-", d->products.size()), plan.name, plan.price,
                     plan.membership};
    // A second company in the same house must not take the first one's names.
    if (d->options.seed != 1) absl::StrAppend(&made.display_name, " ", d->options.seed);
    auto* product =
        AddCreate(*d, phase, made.key, as, &lead::v1::CreateProductRequest::mutable_product);
    product->set_display_name(made.display_name);
    product->set_series(plan.series);
    *product->mutable_list_price() = ToMoney("EUR", plan.price);
    d->products.push_back(std::move(made));
  }
}

void MakeCampaigns(Draftsman* d) {
  constexpr int kCampaigns = 24;
  Random random(d->options.seed, "campaigns");
  Phase* phase = d->AddPhase("campaigns", "comity.lead.v1.CampaignService/BatchCreateCampaigns");
  for (int i = 0; i < kCampaigns; ++i) {
    const std::string key = absl::StrCat("campaign-", i);
    const Identity& as = random.Pick(d->members["marketing"]);
    auto* campaign =
        AddCreate(*d, phase, key, as, &lead::v1::CreateCampaignRequest::mutable_campaign);
    const absl::Time start = d->options.now - absl::Hours(24 * (365 - i * 360 / kCampaigns));
    campaign->set_channel(random.Pick(DemoWords().channels));
    campaign->set_display_name(absl::StrCat(absl::FormatTime("%B %Y", start, absl::UTCTimeZone()),
                                            ", ", campaign->channel()));
    *campaign->mutable_start_date() = WorkingDate(start);
    *campaign->mutable_end_date() = WorkingDate(start + absl::Hours(24 * random.Between(10, 60)));
    *campaign->mutable_budget() = ToMoney("EUR", random.Between(5, 60) * 500);
    campaign->set_owner(as.person);
    d->campaigns.push_back(key);
  }
}

}  // namespace

void MakeOffers(Draftsman* draftsman) {
  MakeProducts(draftsman);
  MakeCampaigns(draftsman);
}

}  // namespace comity::client
