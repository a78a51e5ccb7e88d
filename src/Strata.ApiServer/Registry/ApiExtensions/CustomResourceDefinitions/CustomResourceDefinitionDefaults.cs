using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Defaults of definitions (apiextensions-apiserver: pkg/apis/apiextensions/v1/defaults.go).</summary>
internal static class CustomResourceDefinitionDefaults
{
    public static void Apply(JsonObject target)
    {
        var spec = target.Ensure("spec");
        var names = spec.Ensure("names");
        if (names.Text("kind") is { } kind)
        {
            names.DefaultText("singular", kind.ToLowerInvariant());
            names.DefaultText("listKind", kind + "List");
        }

        spec.Ensure("conversion").DefaultText("strategy", "None");
        if (spec.Flag("preserveUnknownFields") == false)
        {
            spec.Remove("preserveUnknownFields"); // As upstream writes it.
        }
    }
}
