using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods;

/// <summary>Containers that join a running pod to look around: they may be added and nothing else (core: validation.go ValidatePodEphemeralContainersUpdate).</summary>
internal static class EphemeralContainers
{
    private const string Field = "ephemeralContainers";
    private const string Path = "spec.ephemeralContainers";

    public static void Take(JsonObject wanted, JsonObject target) => target.Ensure("spec").Restore(wanted.Object("spec"), Field);

    public static void Validate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        if (PodResize.IsStatic(old))
        {
            errors.Forbidden("", "static pods do not support ephemeral containers");
            return;
        }

        foreach (var (before, _) in old.Object("spec").Objects(Field))
        {
            var name = before.TextOrEmpty("name");
            var now = target.Object("spec").Objects(Field).FirstOrDefault(entry => entry.Item.TextOrEmpty("name") == name).Item;
            if (now is null)
            {
                errors.Forbidden(Path, $"existing ephemeral containers \"{name}\" may not be removed\n");
            }
            else if (!JsonSemantics.AreEqual(now, before))
            {
                errors.Forbidden(Path, $"existing ephemeral containers \"{name}\" may not be changed\n");
            }
        }
    }
}
