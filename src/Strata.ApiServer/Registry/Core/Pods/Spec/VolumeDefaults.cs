using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Defaults of one volume (core/v1: SetDefaults_Volume and those of its sources).</summary>
internal static class VolumeDefaults
{
    /// <summary>0644.</summary>
    private const int ReadableByAll = 420;

    public static void Apply(JsonObject volume)
    {
        if (!volume.Any(static field => field.Key != "name" && field.Value is JsonObject))
        {
            volume["emptyDir"] = new JsonObject();
        }

        Quantities.CanonicalizeField(volume.Object("emptyDir"), "sizeLimit");
        foreach (var name in (ReadOnlySpan<string>)["configMap", "secret", "projected", "downwardAPI"])
        {
            volume.Object(name)?.DefaultNumber("defaultMode", ReadableByAll);
        }

        if (volume.Object("hostPath") is { } hostPath)
        {
            hostPath["type"] ??= "";
        }

        DefaultDownwardItems(volume.Object("downwardAPI"));
        foreach (var (source, _) in volume.Object("projected").Objects("sources"))
        {
            source.Object("serviceAccountToken")?.DefaultNumber("expirationSeconds", 3600);
            DefaultDownwardItems(source.Object("downwardAPI"));
        }
    }

    private static void DefaultDownwardItems(JsonObject? source)
    {
        foreach (var (item, _) in source.Objects("items"))
        {
            item.Object("fieldRef")?.DefaultText("apiVersion", "v1");
            item.Object("resourceFieldRef")?.DefaultText("divisor", "0");
        }
    }
}
