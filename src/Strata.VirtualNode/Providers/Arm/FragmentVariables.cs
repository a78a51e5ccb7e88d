using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strata.Pods.Environment;
using Strata.VirtualNode.Resolution;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Variables of a container in the extension: for those that a group's own variables cannot hold.</summary>
internal static partial class FragmentVariables
{
    private const string AddressVariable = "STRATA_POD_IP";

    /// <summary>Whether a container's variables must stand in the extension: a value holds the pod's own address, which only the service learns; a name is one that ACI
    /// does not allow; or a value is secret (there it can be replaced without a restart, with the other protected settings).</summary>
    public static bool AreNeeded(EnvironmentResult environment) =>
        environment.Variables.Any(variable => variable.IsSecret || IsLate(variable) || !NameRule().IsMatch(variable.Name));

    public static JsonArray Build(string container, EnvironmentResult environment, ProtectedData data)
    {
        var variables = new JsonArray();

        // What others are made of comes first: only earlier variables are expanded.
        foreach (var variable in environment.Variables.Where(IsAddress))
        {
            variables.Add((JsonNode)Address(variable.Name));
        }

        if (environment.Variables.Any(variable => IsLate(variable) && !IsAddress(variable)))
        {
            variables.Add((JsonNode)Address(AddressVariable));
        }

        foreach (var variable in environment.Variables.Where(variable => !IsAddress(variable)))
        {
            if (variable.IsSecret && IsLate(variable))
            {
                AddSecretWithAddress(variables, container, variable, data);
            }
            else
            {
                variables.Add((JsonNode)(variable.IsSecret ? Secret(variable.Name, $"env.{container}.{variable.Name}", variable.Value, data) : Plain(variable)));
            }
        }

        return variables;
    }

    private static bool IsAddress(ResolvedVariable variable) => variable.Value == ResolvedPod.AddressPlaceholder;

    private static bool IsLate(ResolvedVariable variable) => variable.Value.Contains(ResolvedPod.AddressPlaceholder, StringComparison.Ordinal);

    private static JsonObject Address(string name) =>
        new() { ["name"] = name, ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "status.podIP" } } };

    private static JsonObject Secret(string name, string key, string value, ProtectedData data) => new()
    {
        ["name"] = name,
        ["valueFrom"] = new JsonObject
        {
            ["secretKeyRef"] = new JsonObject { ["name"] = Strata.Arm.ContainerGroups.PodExtension.ProtectedSecretName, ["key"] = data.AddText(key, value) },
        },
    };

    // The secret parts around the address become variables of their own, of which the value is put together where it runs.
    private static void AddSecretWithAddress(JsonArray variables, string container, ResolvedVariable variable, ProtectedData data)
    {
        var parts = variable.Value.Split(ResolvedPod.AddressPlaceholder);
        var names = parts.Select((_, index) => $"STRATA_{variable.Name}_{index}").ToArray();
        for (var index = 0; index < parts.Length; index++)
        {
            variables.Add((JsonNode)Secret(names[index], $"env.{container}.{variable.Name}.{index}", parts[index], data));
        }

        variables.Add((JsonNode)new JsonObject { ["name"] = variable.Name, ["value"] = string.Join($"$({AddressVariable})", names.Select(name => $"$({name})")) });
    }

    // The value is final: every dollar is doubled so that nothing in it is expanded again, but for the address.
    private static JsonObject Plain(ResolvedVariable variable) => new()
    {
        ["name"] = variable.Name,
        ["value"] = variable.Value.Replace("$", "$$", StringComparison.Ordinal).Replace(ResolvedPod.AddressPlaceholder, $"$({AddressVariable})", StringComparison.Ordinal),
    };

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex NameRule();
}
