namespace Strata.Pods.References;

/// <summary>Kind, namespace and name of a ConfigMap or Secret.</summary>
internal readonly record struct ObjectName(string Kind, string Namespace, string Name);
