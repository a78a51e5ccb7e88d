using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Admission.Webhooks;
using Strata.ApiServer.Registry.Generic;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.CustomResources.Conversion;

/// <summary>How the versions of a definition are converted.</summary>
internal sealed class CustomResourceConverters(WebhookCaller caller, IdentitySource identities)
{
    public const string Webhook = "Webhook";

    /// <summary>Whether conversion asks others, and so may take long or fail.</summary>
    public static bool AsksOthers(JsonObject definition) => definition.Object("spec").Object("conversion").TextOrEmpty("strategy") == Webhook;

    public ICustomResourceConverter Of(JsonObject definition)
    {
        if (!AsksOthers(definition))
        {
            return NoneConverter.Instance;
        }

        var webhook = definition.Object("spec").Object("conversion").Object("webhook");
        var client = ModelJson.Parse<WebhookClientConfig>(JsonBytes.Serialize(webhook.Object("clientConfig") ?? []));
        return new WebhookConverter(caller, client, webhook.Texts("conversionReviewVersions").Any(static version => version.Item == "v1"), identities);
    }
}
