namespace Strata.Pods.Environment;

/// <summary>References that lead nowhere, in the kubelet's words.</summary>
internal static class Missing
{
    public static MissingReference ConfigMap(string name, bool isOptional) =>
        new("ConfigMap", name, null, isOptional, $"configmap \"{name}\" not found");

    public static MissingReference Secret(string name, bool isOptional) =>
        new("Secret", name, null, isOptional, $"secret \"{name}\" not found");

    public static MissingReference ConfigMapKey(string namespaceName, string name, string key, bool isOptional) =>
        new("ConfigMap", name, key, isOptional, $"couldn't find key {key} in ConfigMap {namespaceName}/{name}");

    public static MissingReference SecretKey(string namespaceName, string name, string key, bool isOptional) =>
        new("Secret", name, key, isOptional, $"couldn't find key {key} in Secret {namespaceName}/{name}");
}
