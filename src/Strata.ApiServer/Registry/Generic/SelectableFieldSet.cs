using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The few selectable fields of one object: the names are shared by all objects of a kind, the values owned.</summary>
/// <remarks>Hot path: made for every stored object. A linear search over at most a dozen names is cheaper than a hash table each.</remarks>
internal sealed class SelectableFieldSet(string[] names, string[] values) : IReadOnlyDictionary<string, string>
{
    // The values that most objects share, so that a cache of many objects holds them once. Bytes beside the text, because comparing those needs no conversion.
    private static readonly (byte[] Utf8, string Text)[] Common =
    [
        .. new[]
        {
            "Running", "Pending", "Succeeded", "Failed", "Unknown", "Always", "OnFailure", "Never", "default-scheduler", "default", "Opaque", "Active", "Terminating",
            "ClusterIP", "NodePort", "LoadBalancer", "ExternalName", "None", "Normal", "Warning", "Pod", "Node", "Deployment", "ReplicaSet", "v1", "apps/v1",
        }.Select(static text => (Encoding.UTF8.GetBytes(text), text)),
    ];

    public int Count => names.Length;

    public IEnumerable<string> Keys => names;

    public IEnumerable<string> Values => values;

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"\"{key}\" is not a selectable field");

    /// <summary>The text of a field, empty when absent; shared when it is a common one.</summary>
    public static string Value(JsonElement field)
    {
        if (field.ValueKind == JsonValueKind.String)
        {
            foreach (var common in Common)
            {
                if (field.ValueEquals(common.Utf8))
                {
                    return common.Text;
                }
            }
        }

        return field.Text();
    }

    public bool ContainsKey(string key) => Array.IndexOf(names, key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        var index = Array.IndexOf(names, key);
        value = index >= 0 ? values[index] : null;
        return index >= 0;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var index = 0; index < names.Length; index++)
        {
            yield return new KeyValuePair<string, string>(names[index], values[index]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
