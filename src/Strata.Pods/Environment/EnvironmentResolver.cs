using System.Text;
using Strata.Api.Models;
using Strata.Pods.References;

namespace Strata.Pods.Environment;

/// <summary>Turns <c>envFrom</c> and <c>env</c> of a container into variables. Order of precedence, weakest first: Services, envFrom, env; later duplicates win.
/// Pure: the same input gives the same list in the same order. Source: kubelet_pods.go makeEnvironmentVariables (behaviour).</summary>
public static class EnvironmentResolver
{
    public static EnvironmentResult Resolve(Pod pod, Container container, ReferencedObjects objects, PodRuntimeFacts facts)
    {
        var resolution = new Resolution(pod, container, objects, facts);
        foreach (var source in container.EnvFrom)
        {
            resolution.AddAll(source);
        }

        foreach (var variable in container.Env)
        {
            resolution.Add(variable);
        }

        return resolution.Finish();
    }

    private sealed class Resolution(Pod pod, Container container, ReferencedObjects objects, PodRuntimeFacts facts)
    {
        private readonly Dictionary<string, ResolvedVariable> _services =
            ServiceVariables.For(pod.Metadata.Namespace, pod.Spec.EnableServiceLinks ?? true, objects.Services).ToDictionary(variable => variable.Name, StringComparer.Ordinal);

        private readonly Dictionary<string, ResolvedVariable> _variables = new(StringComparer.Ordinal);
        private readonly List<string> _order = [];
        private readonly List<MissingReference> _missing = [];
        private readonly List<string> _invalidNames = [];

        public void AddAll(EnvFromSource source)
        {
            if (source.ConfigMapRef is { } configMapRef)
            {
                if (objects.ConfigMaps.TryGetValue(configMapRef.Name, out var configMap))
                {
                    AddKeys(source.Prefix, configMap.Data, VariableSource.ConfigMap);
                }
                else
                {
                    _missing.Add(Missing.ConfigMap(configMapRef.Name, configMapRef.Optional ?? false));
                }
            }
            else if (source.SecretRef is { } secretRef)
            {
                if (objects.Secrets.TryGetValue(secretRef.Name, out var secret))
                {
                    AddKeys(source.Prefix, secret.Data.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetString(pair.Value)), VariableSource.Secret);
                }
                else
                {
                    _missing.Add(Missing.Secret(secretRef.Name, secretRef.Optional ?? false));
                }
            }
        }

        public void Add(EnvVar variable)
        {
            if (variable.ValueFrom is { } from)
            {
                if (ValueFrom(from) is { } found)
                {
                    Set(new ResolvedVariable(variable.Name, found.Value, found.Source));
                }

                return;
            }

            // Only variables before this one, and Services, can be expanded; a value that takes in a secret is one itself.
            var source = VariableSource.Literal;
            var value = VariableExpansion.Expand(variable.Value, name =>
            {
                var known = _variables.GetValueOrDefault(name) ?? _services.GetValueOrDefault(name);
                source = known?.Source == VariableSource.Secret ? VariableSource.Secret : source;
                return known?.Value;
            });
            Set(new ResolvedVariable(variable.Name, value, source));
        }

        public EnvironmentResult Finish()
        {
            var services = _services.Values.Where(service => !_variables.ContainsKey(service.Name));
            return new EnvironmentResult([.. _order.Select(name => _variables[name]), .. services], _missing, _invalidNames);
        }

        private (string Value, VariableSource Source)? ValueFrom(EnvVarSource from)
        {
            if (from.ConfigMapKeyRef is { } configMapKey)
            {
                return ConfigMapValue(configMapKey);
            }

            if (from.SecretKeyRef is { } secretKey)
            {
                return SecretValue(secretKey);
            }

            if (from.FieldRef is { } field)
            {
                return Known(FieldReferences.Field(pod, field.FieldPath, facts), VariableSource.Field, "Field", field.FieldPath);
            }

            if (from.ResourceFieldRef is { } resource)
            {
                var target = resource.ContainerName.Length == 0 ? container : PodContainers.Find(pod.Spec, resource.ContainerName) ?? container;
                return Known(FieldReferences.Resource(target, resource, facts), VariableSource.Resource, "Resource", resource.Resource);
            }

            _missing.Add(new MissingReference("File", container.Name, null, false, "valueFrom names no source that this node supports (fileKeyRef is not supported)"));
            return null;
        }

        private (string Value, VariableSource Source)? ConfigMapValue(ConfigMapKeySelector selector)
        {
            var isOptional = selector.Optional ?? false;
            if (!objects.ConfigMaps.TryGetValue(selector.Name, out var configMap))
            {
                _missing.Add(Missing.ConfigMap(selector.Name, isOptional));
                return null;
            }

            if (configMap.Data.TryGetValue(selector.Key, out var value))
            {
                return (value, VariableSource.ConfigMap);
            }

            _missing.Add(Missing.ConfigMapKey(pod.Metadata.Namespace, selector.Name, selector.Key, isOptional));
            return null;
        }

        private (string Value, VariableSource Source)? SecretValue(SecretKeySelector selector)
        {
            var isOptional = selector.Optional ?? false;
            if (!objects.Secrets.TryGetValue(selector.Name, out var secret))
            {
                _missing.Add(Missing.Secret(selector.Name, isOptional));
                return null;
            }

            if (secret.Data.TryGetValue(selector.Key, out var value))
            {
                return (Encoding.UTF8.GetString(value), VariableSource.Secret);
            }

            _missing.Add(Missing.SecretKey(pod.Metadata.Namespace, selector.Name, selector.Key, isOptional));
            return null;
        }

        private (string Value, VariableSource Source)? Known(string? value, VariableSource source, string kind, string path)
        {
            if (value is not null)
            {
                return (value, source);
            }

            _missing.Add(new MissingReference(kind, path, null, false, $"unsupported fieldPath: {path}"));
            return null;
        }

        private void AddKeys(string prefix, IReadOnlyDictionary<string, string> values, VariableSource source)
        {
            foreach (var (key, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                var name = prefix + key;
                if (IsVariableName(name))
                {
                    Set(new ResolvedVariable(name, value, source));
                }
                else
                {
                    _invalidNames.Add(key);
                }
            }
        }

        private void Set(ResolvedVariable variable)
        {
            if (!_variables.ContainsKey(variable.Name))
            {
                _order.Add(variable.Name);
            }

            _variables[variable.Name] = variable;
        }

        // KEP-4369: any printable ASCII character but '='.
        private static bool IsVariableName(string name) => name.Length > 0 && name.All(character => character is >= ' ' and <= '~' and not '=');
    }
}
