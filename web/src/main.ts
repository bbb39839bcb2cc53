import { mount } from 'svelte';
import App from './app/App.svelte';
import { breath } from './app/breath';
import { i18n } from './app/i18n.svelte';
import { session } from './app/session.svelte';
import './styles/tokens.css';
import './styles/base.css';

await breath();
void session.start();
await i18n.start();
await breath();

const target = document.getElementById('app');
if (target) mount(App, { target });
