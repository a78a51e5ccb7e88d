using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Conditions of a definition, and what else its life is told by.</summary>
internal static class DefinitionConditions
{
    public const string NamesAccepted = "NamesAccepted";
    public const string Established = "Established";
    public const string Terminating = "Terminating";
    public const string ApprovalConformant = "KubernetesAPIApprovalPolicyConformant";
    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    public static bool IsTrue(JsonObject definition, string type) => Find(definition, type).Text("status") == "True";

    public static JsonObject? Find(JsonObject definition, string type) =>
        definition.Object("status").Objects("conditions").Select(static entry => entry.Item).FirstOrDefault(condition => condition.Text("type") == type);

    /// <summary>Sets a condition; the time moves only when the status does.</summary>
    public static void Set(JsonObject definition, string type, bool isTrue, string reason, string message, string time)
    {
        var status = isTrue ? "True" : "False";
        var known = Find(definition, type);
        var condition = known ?? new JsonObject { ["type"] = type };
        if (known.Text("status") != status)
        {
            condition["lastTransitionTime"] = time;
        }

        condition["status"] = status;
        condition["reason"] = reason;
        condition["message"] = message;
        if (known is null)
        {
            var owner = definition.Ensure("status");
            if (owner["conditions"] is not JsonArray list)
            {
                owner["conditions"] = list = [];
            }

            list.Add((JsonNode)condition);
        }
    }
}
