using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The selectable fields of one object: the two that every kind has, and the kind's own.</summary>
internal sealed class ObjectFields(string namespaceName, string name, IReadOnlyDictionary<string, string> own) : IReadOnlyDictionary<string, string>
{
    public const string NameField = "metadata.name";
    public const string NamespaceField = "metadata.namespace";

    public int Count => own.Count + 2;

    public IEnumerable<string> Keys => own.Keys.Append(NameField).Append(NamespaceField);

    public IEnumerable<string> Values => own.Values.Append(name).Append(namespaceName);

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"\"{key}\" is not a selectable field");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        switch (key)
        {
            case NameField:
                value = name;
                return true;
            case NamespaceField:
                value = namespaceName;
                return true;
            default:
                return own.TryGetValue(key, out value);
        }
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        own.Append(new(NameField, name)).Append(new(NamespaceField, namespaceName)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
