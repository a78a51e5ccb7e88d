using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>What may not change in a definition.</summary>
internal static class CustomResourceDefinitionUpdate
{
    public static void Validate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var spec = target.Object("spec");
        var before = old.Object("spec");
        if (DefinitionConditions.IsTrue(old, DefinitionConditions.Established))
        {
            Immutable(spec, before, "scope", "spec.scope", errors);
            Immutable(spec.Object("names"), before.Object("names"), "kind", "spec.names.kind", errors);
        }

        Immutable(spec, before, "group", "spec.group", errors);
        Immutable(spec.Object("names"), before.Object("names"), "plural", "spec.names.plural", errors);
        ValidateStoredVersions(target, errors);
    }

    private static void Immutable(JsonObject? target, JsonObject? old, string name, string path, FieldErrors errors)
    {
        if (target.TextOrEmpty(name) != old.TextOrEmpty(name))
        {
            errors.Invalid(path, target.TextOrEmpty(name), "field is immutable");
        }
    }

    private static void ValidateStoredVersions(JsonObject target, FieldErrors errors)
    {
        const string Path = "status.storedVersions";
        var status = target.Object("status");
        if (status.Count("storedVersions") == 0)
        {
            errors.Invalid(Path, new JsonArray(), "must have at least one stored version");
            return;
        }

        var versions = target.Object("spec").Objects("versions").Select(static entry => entry.Item).ToList();
        var stored = status.Texts("storedVersions").ToList();
        if (versions.Find(static version => version.IsTrue("storage")).Text("name") is { } storage && !stored.Exists(entry => entry.Item == storage))
        {
            errors.Invalid(Path, status!["storedVersions"], $"must have the storage version {storage}");
        }

        foreach (var (name, index) in stored.Where(entry => !versions.Exists(version => version.Text("name") == entry.Item)))
        {
            errors.Invalid(
                $"{Path}[{index}]", name,
                $"missing from spec.versions; {name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains "
                + $"persisted in {name} and removes {name} from status.storedVersions");
        }
    }
}
